import type { AddressInfo } from 'node:net';
import { Global, Module, type NestApplicationOptions, type Type } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { pino } from 'pino';
import {
  defaultPoolsSettings,
  POOLS_SETTINGS,
  PoolTokens,
  PoolUsers,
  TokenUses,
  type PoolHolder,
  type PoolSettings,
  type PoolsSettings,
} from '#pools';
import {
  VMPOOLER_FACE_SETTINGS,
  type VmpoolerFaceSettings,
} from '../../../apps/server/src/facades/vmpooler/vmpooler.settings.js';
import { VmpoolerModule, vmpoolerPlainRefusal } from '../../../apps/server/src/facades/vmpooler/index.js';
import { LastResortFilter } from '../../../apps/server/src/http/last-resort.js';
import { createServerAdapter } from '../../../apps/server/src/http/server-adapter.js';

/** What an answer to a message is; what is thrown counts as well. */
type Reply = (message: never) => unknown;

export interface MemoryVmpooler {
  readonly url: string;
  /** Every command and query, in order. */
  readonly seen: object[];
  /** By the message's class; what is not named is an error. */
  readonly replies: Map<Type | (abstract new (...parameters: never[]) => object), Reply>;
  stop(): Promise<void>;
}

export const goodToken = 'a9znth9dn01t416hrguu56ze37t790bl';
export const holder: PoolHolder = {
  tokenHash: 'f'.repeat(64),
  userId: 'u-1',
  projectId: 'p-1',
  name: 'ada',
  administrator: false,
};

export function samplePool(name: string, more: Partial<PoolSettings> = {}): PoolSettings {
  return {
    name,
    size: 5,
    template: `templates/${name}`,
    aliases: [],
    cloneTarget: null,
    readyTtlMinutes: null,
    timeoutMinutes: null,
    timeoutNotificationMinutes: null,
    folder: null,
    datastore: null,
    provider: null,
    dnsPlugin: null,
    domain: null,
    hosts: ['kvm-1'],
    hostAggregate: null,
    vcpus: 2,
    memoryMb: 4096,
    diskGb: 20,
    ...more,
  };
}

class SampleUsers extends PoolUsers {
  override async check(user: string, password: string): ReturnType<PoolUsers['check']> {
    if (user === 'nobody-answers') return { kind: 'unavailable' };
    if (user === 'guesser') return { kind: 'limited', retryAfterSeconds: 30 };
    if (user !== 'jdoe' || password !== 'pass:wörd') return { kind: 'unknown' };
    return { kind: 'known', user: { userId: 'u-1', name: 'jdoe', projectId: 'p-1' } };
  }

  override async standing(): ReturnType<PoolUsers['standing']> {
    return { administrator: false };
  }
}

class SampleTokens extends PoolTokens {
  override async verify(token: string): Promise<PoolHolder | undefined> {
    return token === goodToken ? holder : undefined;
  }

  override async open({ sealed }: { readonly sealed: string }): ReturnType<PoolTokens['open']> {
    return sealed === '' ? undefined : { token: sealed, user: 'jdoe' };
  }

  override hash(token: string): string {
    return `hash of ${token}`;
  }
}

class SampleUses extends TokenUses {
  override note(): void {}

  override async last(hashes: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const used = Date.UTC(2026, 2, 9, 7, 15);
    return new Map(hashes.filter((hash) => hash.startsWith('hash of used')).map((hash) => [hash, used]));
  }

  override async forget(): Promise<void> {}
}

const faceSettings: VmpoolerFaceSettings = {
  siteName: null,
  prometheus: null,
  instance: null,
  limits: null,
  auth: { provider: 'builtin', ldap: null },
};

/** The face alone: whoever asks decides what commands and queries are answered with. */
export async function startMemoryVmpooler(
  settings: Partial<PoolsSettings> = {},
  face: Partial<VmpoolerFaceSettings> = {},
): Promise<MemoryVmpooler> {
  const seen: object[] = [];
  const replies: MemoryVmpooler['replies'] = new Map();
  const bus = {
    execute: async (message: object): Promise<unknown> => {
      seen.push(message);
      const reply = replies.get(message.constructor as Type);
      if (reply === undefined) throw new Error(`no answer for ${message.constructor.name}`);
      return reply(message as never);
    },
  };
  const provided = [
    { provide: CommandBus, useValue: bus },
    { provide: QueryBus, useValue: bus },
    { provide: PoolUsers, useClass: SampleUsers },
    { provide: PoolTokens, useClass: SampleTokens },
    { provide: TokenUses, useClass: SampleUses },
    { provide: POOLS_SETTINGS, useValue: { ...defaultPoolsSettings, timeZone: 'Europe/Berlin', ...settings } },
    { provide: VMPOOLER_FACE_SETTINGS, useValue: { ...faceSettings, ...face } },
  ];

  @Global()
  @Module({ providers: provided, exports: provided.map(({ provide }) => provide) })
  class Surroundings {}

  const module = await Test.createTestingModule({ imports: [Surroundings, VmpoolerModule] }).compile();
  const adapter = createServerAdapter(
    { bodyLimitBytes: 1_048_576, connections: 1000, requestTimeoutSeconds: 10, keepAliveSeconds: 5, trustedProxies: [] },
    pino({ level: 'silent' }),
    [vmpoolerPlainRefusal],
  ); // prettier-ignore
  const quiet: NestApplicationOptions = { bodyParser: false, logger: false };
  const app = module.createNestApplication<NestFastifyApplication>(adapter, quiet);
  app.useGlobalFilters(new LastResortFilter([vmpoolerPlainRefusal]));
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { url: `http://127.0.0.1:${String(port)}`, seen, replies, stop: () => app.close() };
}
