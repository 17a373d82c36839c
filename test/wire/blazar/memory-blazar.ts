import type { AddressInfo } from 'node:net';
import { Global, Module, type NestApplicationOptions, type Type } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { pino } from 'pino';
import { TokenVerifier, type Presented, type Principal, type Verification } from '#identity';
import type { Clock } from '#kernel';
import { defaultReservationsSettings, RESERVATIONS_SETTINGS } from '#reservations';
import { AuthModule, PUBLIC_URL_SETTINGS } from '../../../apps/server/src/auth/index.js';
import {
  BLAZAR_FACE_SETTINGS,
  BlazarModule,
  blazarPlainRefusal,
  type BlazarFaceSettings,
} from '../../../apps/server/src/facades/blazar/index.js';
import { LastResortFilter } from '../../../apps/server/src/http/last-resort.js';
import { createServerAdapter } from '../../../apps/server/src/http/server-adapter.js';

/** What an answer to a message is; what is thrown counts as well. */
type Reply = (message: never) => unknown;

export interface MemoryBlazar {
  readonly url: string;
  /** Every command and query, in order. */
  readonly seen: object[];
  /** By the message's class; what is not named is an error. */
  readonly replies: Map<Type | (abstract new (...parameters: never[]) => object), Reply>;
  stop(): Promise<void>;
}

export const labProject = '41000000000000000000000000000000';

function principal(userName: string, roles: readonly string[], projectId: string | null = labProject): Principal {
  return {
    userId: `${userName}-id`,
    userName,
    domainId: 'default',
    domainName: 'Default',
    project: projectId === null ? null : { id: projectId, name: 'lab' },
    roles: roles.map((name) => ({ id: `${name}-role`, name })),
    method: 'token',
    methods: ['password'],
    auditIds: ['a'],
    issuedAt: 0,
    expiresAt: Number.MAX_SAFE_INTEGER,
    applicationCredential: null,
  };
}

/** By token. `writer`: a member whose roles imply nothing. */
const everyone: Readonly<Record<string, Principal>> = {
  admin: principal('admin', ['Admin', 'member', 'reader'], 'ad000000000000000000000000000000'),
  demo: principal('demo', ['member', 'reader']),
  reader: principal('reader', ['reader']),
  writer: principal('writer', ['member']),
  stranger: principal('stranger', ['member', 'reader'], '42000000000000000000000000000000'),
  unscoped: principal('loner', [], null),
};

class SampleVerifier extends TokenVerifier {
  async verify({ token }: Presented): Promise<Verification> {
    if (token === 'unknowable') return { kind: 'unavailable', reason: 'down' };
    const found = everyone[token];
    return found === undefined ? { kind: 'invalid' } : { kind: 'valid', principal: found };
  }
}

/** 2031-05-01 08:12:44.118 */
export const sampleNow = Date.UTC(2031, 4, 1, 8, 12, 44, 118);
const clock: Clock = { now: () => sampleNow };

/** The face alone: whoever asks decides what commands and queries are answered with. */
export async function startMemoryBlazar(codes: BlazarFaceSettings['codes'] = 'seed'): Promise<MemoryBlazar> {
  const seen: object[] = [];
  const replies: MemoryBlazar['replies'] = new Map();
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
    { provide: TokenVerifier, useClass: SampleVerifier },
    { provide: PUBLIC_URL_SETTINGS, useValue: {} },
    { provide: RESERVATIONS_SETTINGS, useValue: { ...defaultReservationsSettings, clock } },
    { provide: BLAZAR_FACE_SETTINGS, useValue: { codes } },
  ];

  @Global()
  @Module({ providers: provided, exports: provided.map(({ provide }) => provide) })
  class Surroundings {}

  const module = await Test.createTestingModule({ imports: [Surroundings, AuthModule, BlazarModule] }).compile();
  const adapter = createServerAdapter(
    { bodyLimitBytes: 1_048_576, connections: 1000, requestTimeoutSeconds: 10, keepAliveSeconds: 5, trustedProxies: [] },
    pino({ level: 'silent' }),
    [blazarPlainRefusal],
  ); // prettier-ignore
  const quiet: NestApplicationOptions = { bodyParser: false, logger: false };
  const app = module.createNestApplication<NestFastifyApplication>(adapter, quiet);
  app.useGlobalFilters(new LastResortFilter([blazarPlainRefusal]));
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { url: `http://127.0.0.1:${String(port)}`, seen, replies, stop: () => app.close() };
}
