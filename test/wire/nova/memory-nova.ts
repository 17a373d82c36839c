import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Global, Module, type NestApplicationOptions } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { pino } from 'pino';
import { TokenVerifier, type Presented, type Principal, type Verification } from '#identity';
import {
  AddHostToAggregate,
  CacheImages,
  CreateAggregate,
  DeleteAggregate,
  HypervisorUptimes,
  RemoveHostFromAggregate,
  SetAggregateMetadata,
  UpdateAggregate,
} from '#inventory';
import type { WireServer } from '#specs';
import { GetAggregate, ListAggregates, type AggregateDocument } from '#projections/aggregates/aggregates.query';
import {
  GetHypervisor,
  ListGuests,
  ListHypervisors,
  SearchHypervisors,
  SumHypervisors,
  type HypervisorDocument,
} from '#projections/hypervisors/hypervisors.query';
import { AuthModule, PUBLIC_URL_SETTINGS } from '../../../apps/server/src/auth/index.js';
import { NOVA_SETTINGS, NovaModule, novaPlainRefusal } from '../../../apps/server/src/facades/nova/index.js';
import { LastResortFilter } from '../../../apps/server/src/http/last-resort.js';
import { createServerAdapter } from '../../../apps/server/src/http/server-adapter.js';
import {
  aggregateFacts,
  hostAggregates,
  type HostAggregatesCommand,
} from '../../../libs/inventory/src/host-aggregates/host-aggregates.decider.js';

const projectId = '41000000000000000000000000000000';

function principal(userName: string, roles: readonly string[], isScoped = true): Principal {
  return {
    userId: `${userName}-id`,
    userName,
    domainId: 'default',
    domainName: 'Default',
    project: isScoped ? { id: projectId, name: 'lab' } : null,
    roles: roles.map((name) => ({ id: `${name}-role`, name })),
    method: 'token',
    methods: ['password'],
    auditIds: ['a'],
    issuedAt: 0,
    expiresAt: Number.MAX_SAFE_INTEGER,
    applicationCredential: null,
  };
}

const everyone: Readonly<Record<string, Principal>> = {
  'admin-token': principal('admin', ['Admin', 'member', 'reader']),
  'demo-token': principal('demo', ['member', 'reader']),
  'unscoped-token': principal('loner', [], false),
};

class SampleVerifier extends TokenVerifier {
  async verify({ token }: Presented): Promise<Verification> {
    if (token === 'unknowable') return { kind: 'unavailable', reason: 'down' };
    const found = everyone[token];
    return found === undefined ? { kind: 'invalid' } : { kind: 'valid', principal: found };
  }
}

/** Whatever a test wants to go wrong: thrown by the next command or query; `stale`: answers are behind. */
export interface Trouble {
  thrown?: unknown;
  refused?: string;
  stale?: boolean;
}

export interface MemoryNova extends WireServer {
  readonly trouble: Trouble;
  readonly seen: unknown[];
  readonly app: NestFastifyApplication;
}

/** The face alone, over hosts and aggregates in memory: for what a whole server does not show on demand. */
export async function startMemoryNova(
  hypervisors: readonly HypervisorDocument[],
  options: { readonly pageLimit?: number; readonly uptimes?: ReadonlyMap<string, string | null> } = {},
): Promise<MemoryNova> {
  const trouble: Trouble = {};
  const seen: unknown[] = [];
  const inventory = new MemoryInventory(hypervisors, options.uptimes ?? new Map());
  const bus = {
    execute: async (message: object): Promise<unknown> => {
      seen.push(message);
      const { thrown, refused, stale = false } = trouble;
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- also what is no error
      if (thrown !== undefined) throw thrown;
      if (refused !== undefined)
        return {
          kind: 'refused',
          code: refused,
          facts: { id: 1, host: 'h', servers: 2, direction: 'remove', fromZone: 'a', toZone: 'b' },
        };
      return inventory.answer(message, stale);
    },
  };

  @Global()
  @Module({
    providers: [
      { provide: TokenVerifier, useClass: SampleVerifier },
      { provide: CommandBus, useValue: bus },
      { provide: QueryBus, useValue: bus },
      { provide: PUBLIC_URL_SETTINGS, useValue: {} },
      { provide: NOVA_SETTINGS, useValue: { pageLimit: options.pageLimit ?? 1000 } },
    ],
    exports: [TokenVerifier, CommandBus, QueryBus, PUBLIC_URL_SETTINGS, NOVA_SETTINGS],
  })
  class Surroundings {}

  const module = await Test.createTestingModule({ imports: [Surroundings, AuthModule, NovaModule] }).compile();
  const adapter = createServerAdapter(
    {
      bodyLimitBytes: 1_048_576,
      connections: 1000,
      requestTimeoutSeconds: 10,
      keepAliveSeconds: 5,
      trustedProxies: [],
    },
    pino({ level: 'silent' }),
    [novaPlainRefusal],
  );
  const quiet: NestApplicationOptions = { bodyParser: false, logger: false };
  const app = module.createNestApplication<NestFastifyApplication>(adapter, quiet);
  app.useGlobalFilters(new LastResortFilter([novaPlainRefusal]));
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    tokens: { admin: 'admin-token', demo: 'demo-token', unscoped: 'unscoped-token' },
    variables: { adminProject: projectId },
    trouble,
    seen,
    app,
    stop: () => app.close(),
  };
}

class MemoryInventory {
  private readonly state = hostAggregates.decider.initialState();
  private readonly documents = new Map<number, AggregateDocument>();

  constructor(
    private readonly hypervisors: readonly HypervisorDocument[],
    private readonly uptimes: ReadonlyMap<string, string | null>,
  ) {}

  answer(message: object, stale: boolean): unknown {
    const query = (value: unknown): unknown => ({ value, stale });
    if (message instanceof ListHypervisors) return query(this.page(message.page));
    if (message instanceof GetHypervisor) {
      const { id } = message;
      return query(this.hypervisors.find((one) => ('uuid' in id ? one._id === id.uuid : one.number === id.number)));
    }
    if (message instanceof SearchHypervisors)
      return query(this.hypervisors.filter((one) => one.hypervisorHostname.includes(message.pattern)));
    if (message instanceof ListGuests) return new Map(message.hypervisors.map((one) => [one._id, one.guests]));
    if (message instanceof SumHypervisors) return query({ count: this.hypervisors.length });
    if (message instanceof HypervisorUptimes) return this.uptimes;
    if (message instanceof ListAggregates) return query([...this.documents.values()]);
    if (message instanceof GetAggregate) return query(this.documents.get(message.number));
    return this.change(message);
  }

  private page({ afterNumber = 0, limit }: ListHypervisors['page']): readonly HypervisorDocument[] {
    return this.hypervisors.filter((one) => one.number > afterNumber).slice(0, limit);
  }

  private change(message: object): unknown {
    const decision = hostAggregates.decider.decide(this.command(message), this.state);
    if (decision.kind === 'refused') return decision;
    for (const event of decision.events) hostAggregates.decider.evolve(this.state, event);
    const id = 'id' in message ? (message.id as number) : this.state.lastId;
    const facts = aggregateFacts(this.state, id);
    if (facts === undefined) this.documents.delete(id);
    else
      this.documents.set(id, {
        ...facts,
        _id: String(id),
        number: id,
        metadata: Object.entries(facts.metadata).map(([key, value]) => ({ key, value })),
      });
    return { kind: 'accepted', events: decision.events, answer: facts };
  }

  private command(message: object): HostAggregatesCommand {
    const at = Date.now();
    const servers = new Map(this.hypervisors.map((one) => [one.service.host, one.guests.length]));
    const move = (host: string) => ({ host, hostKnown: servers.has(host), defaultZone: 'nova', servers, at });
    if (message instanceof CreateAggregate) return { type: 'create', uuid: randomUUID(), ...message.wanted, at };
    if (message instanceof UpdateAggregate) return { type: 'update', id: message.id, ...message.change, servers, at };
    if (message instanceof DeleteAggregate) return { type: 'delete', id: message.id, at };
    if (message instanceof AddHostToAggregate) return { type: 'add-host', id: message.id, ...move(message.host) };
    if (message instanceof RemoveHostFromAggregate)
      return { type: 'remove-host', id: message.id, ...move(message.host) };
    if (message instanceof SetAggregateMetadata)
      return { type: 'set-metadata', id: message.id, metadata: Object.entries(message.metadata), servers, at };
    if (message instanceof CacheImages)
      return {
        type: 'cache-images',
        requestId: 'r',
        id: message.id,
        imageIds: message.imageIds,
        unknownImage: null,
        at,
      };
    throw new Error(`no answer for ${message.constructor.name}`);
  }
}

/** A hypervisor as it stands in its read model. */
export function sampleHypervisor(number: number, more: Partial<HypervisorDocument> = {}): HypervisorDocument {
  const name = `node-${String(number)}`;
  return {
    _id: `5f3a1c0e-6f0b-4b35-8b7e-${String(number).padStart(12, '0')}`,
    number,
    hypervisorHostname: name,
    provider: 'simulated',
    nativeId: name,
    service: { number: number + 100, uuid: `b8a3f9c2-4c1d-4b0a-9f5e-${String(number).padStart(12, '0')}`, host: name },
    enabled: true,
    disabledReason: null,
    forcedDown: false,
    alive: true,
    type: 'QEMU',
    version: 7_002_000,
    hostIp: `10.4.0.${String(number)}`,
    vcpus: 64,
    memoryMb: 515_072,
    localGb: 1788,
    diskAvailableLeastGb: 1490,
    cpuInfo: { arch: 'x86_64', features: ['aes'] },
    found: { guests: 0, vcpus: 0, memoryMb: 0, diskGb: 0 },
    placed: { guests: 0, vcpus: 0, memoryMb: 0, diskGb: 0 },
    vcpusUsed: 12,
    memoryMbUsed: 49_664,
    localGbUsed: 240,
    partition: null,
    takenBy: null,
    guests: [],
    ...more,
  };
}
