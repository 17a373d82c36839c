import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { Global, Module, type DynamicModule, type NestApplicationOptions } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { MemoryEventStore, MemoryLog } from '#event-store/adapters/memory';
import {
  bootstrapIdentity,
  IDENTITY_SETTINGS,
  IdentityModule,
  IdentityServices,
  type IdentitySettings,
} from '#identity';
import { KNOWN_IMAGES, type KnownImage } from '#inventory';
import { systemClock, type Clock } from '#kernel';
import { CommandExecutor, MemoryVault, StoreCommandExecutor, Vault } from '#runtime';
import type { WireServer } from '#specs';
import { AuthModule, PUBLIC_URL_SETTINGS, type PublicUrlSettings } from '../../../apps/server/src/auth/index.js';
import { ImageModule } from '../../../apps/server/src/facades/image/index.js';
import {
  KEYSTONE_FACE_SETTINGS,
  KeystoneModule,
  keystonePlainRefusal,
} from '../../../apps/server/src/facades/keystone/index.js';
import { LastResortFilter } from '../../../apps/server/src/http/last-resort.js';
import { createServerAdapter } from '../../../apps/server/src/http/server-adapter.js';
import { collectRoutes, type RegisteredRoute } from '../../../apps/server/src/routes.js';

/** What outlives a restart. */
export interface Durable {
  readonly log: MemoryLog;
  readonly vault: MemoryVault;
}

export interface MemoryKeystoneOptions {
  readonly durable?: Durable;
  readonly clock?: Clock;
  readonly identity?: Partial<IdentitySettings>;
  readonly urls?: PublicUrlSettings;
  readonly images?: readonly KnownImage[];
  readonly trustedProxies?: readonly string[];
}

export interface MemoryKeystone extends WireServer {
  readonly app: NestFastifyApplication;
  readonly durable: Durable;
  readonly routes: readonly RegisteredRoute[];
  /** A token by name and password, for a project of the user's. */
  logIn(user: string, password: string, project?: string): Promise<string>;
}

const debian = { id: '7d3f8f3a-0c0e-4d6a-9d4d-3a4a0c5f2b11', name: 'debian-12' };

/** The Keystone and image faces over identity, on stores in memory, over real HTTP. Passwords: `admin` and `demo`. */
export async function startMemoryKeystone(options: MemoryKeystoneOptions = {}): Promise<MemoryKeystone> {
  const { clock = systemClock, urls = {}, images = [debian], trustedProxies = [] } = options;
  const durable = options.durable ?? { log: new MemoryLog(), vault: new MemoryVault() };
  const executor = new StoreCommandExecutor({
    store: new MemoryEventStore({ log: durable.log, clock }),
    vault: durable.vault,
  });
  const settings: IdentitySettings = {
    mode: 'builtin',
    tokenSeconds: 3600,
    loginFailures: 10,
    loginWindowSeconds: 300,
    clock,
    passwordCost: { log2N: 4, r: 8, p: 1 },
    ...options.identity,
  };
  const adapter = createServerAdapter(
    {
      bodyLimitBytes: 1_048_576,
      connections: 100,
      requestTimeoutSeconds: 30,
      keepAliveSeconds: 5,
      trustedProxies,
    },
    pino({ level: 'silent' }),
    [keystonePlainRefusal],
  );
  const routes = collectRoutes(adapter.getInstance<FastifyInstance>());
  const platform = platformOf([
    { provide: CommandExecutor, useValue: executor },
    { provide: Vault, useValue: durable.vault },
    { provide: IDENTITY_SETTINGS, useValue: settings },
    { provide: KEYSTONE_FACE_SETTINGS, useValue: { region: 'RegionOne' } },
    { provide: PUBLIC_URL_SETTINGS, useValue: urls },
    { provide: KNOWN_IMAGES, useValue: images },
  ]);
  const module = await Test.createTestingModule({
    imports: [CqrsModule.forRoot(), platform, AuthModule, IdentityModule, KeystoneModule, ImageModule],
  }).compile();
  const quiet: NestApplicationOptions = { bodyParser: false, logger: false };
  const app = module.createNestApplication<NestFastifyApplication>(adapter, quiet);
  app.useGlobalFilters(new LastResortFilter([keystonePlainRefusal]));
  await app.init();
  await bootstrapIdentity(app.get(IdentityServices), {
    adminPassword: 'admin',
    demo: true,
    keepPassword: () => Promise.resolve(),
  });
  await app.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${String((app.getHttpServer().address() as AddressInfo).port)}`;
  const logIn = (user: string, password: string, project = user): Promise<string> =>
    tokenFrom(url, user, password, project);
  const local = settings.mode === 'builtin';
  return {
    url,
    app,
    durable,
    routes,
    logIn,
    tokens: local
      ? {
          admin: await logIn('admin', 'admin'),
          demo: await logIn('demo', 'demo'),
          unscoped: await logIn('demo', 'demo', ''),
        }
      : {},
    variables: { base: url },
    stop: async () => {
      await app.close();
      await executor.close();
    },
  };
}

@Global()
@Module({})
class Platform {}

function platformOf(providers: { readonly provide: unknown; readonly useValue: unknown }[]): DynamicModule {
  return {
    module: Platform,
    providers: providers as DynamicModule['providers'] & object,
    exports: providers.map(({ provide }) => provide) as DynamicModule['exports'] & object,
  };
}

/** `project` empty: unscoped. */
export async function tokenFrom(url: string, user: string, password: string, project: string): Promise<string> {
  const domain = { name: 'Default' };
  const identity = { methods: ['password'], password: { user: { name: user, password, domain } } };
  const scope = project === '' ? 'unscoped' : { project: { name: project, domain } };
  const answer = await fetch(`${url}/identity/v3/auth/tokens`, {
    method: 'POST',
    body: JSON.stringify({ auth: { identity, scope } }),
  });
  const token = answer.headers.get('x-subject-token');
  if (answer.status !== 201 || token === null)
    throw new Error(`no token for ${user}: ${String(answer.status)} ${await answer.text()}`);
  return token;
}
