import { Global, Module, type DynamicModule, type Provider } from '@nestjs/common';
import { FLAVORS_SETTINGS } from '#flavors';
import { IDENTITY_SETTINGS } from '#identity';
import { INVENTORY_SETTINGS, KNOWN_IMAGES } from '#inventory';
import { LOG_EPOCH, POOLS_SETTINGS } from '#pools';
import { PROVIDERS } from '#providers';
import { RESERVATIONS_SETTINGS } from '#reservations';
import { FRESHNESS, READ_STORE } from '#read-store';
import { CommandExecutor, Vault } from '#runtime';
import { PUBLIC_URL_SETTINGS } from './auth/index.js';
import { POOL_AUTH_SETTINGS } from './auth/pool-users/index.js';
import { BLAZAR_FACE_SETTINGS } from './facades/blazar/index.js';
import { KEYSTONE_FACE_SETTINGS } from './facades/keystone/index.js';
import { NOVA_SETTINGS } from './facades/nova/index.js';
import { VMPOOLER_FACE_SETTINGS } from './facades/vmpooler/index.js';
import { Metrics } from './operations/metrics.js';
import { ReadModelControl } from './operations/read-model-control.js';
import { READINESS, type Readiness } from './operations/readiness.js';
import { identitySettings, inventorySettings } from './profiles/contexts.settings.js';
import { poolAuthSettings, poolsSettings } from './profiles/pools-context.settings.js';
import { flavorsSettings, reservationsSettings } from './profiles/reservations-context.settings.js';
import { vmpoolerFaceSettings } from './profiles/vmpooler-face.settings.js';
import type { Ports } from './profiles/ports.js';
import type { Settings } from './profiles/settings.type.js';
import type { RunningRuntime } from './running-runtime.js';

export interface Platform {
  readonly settings: Settings;
  readonly ports: Ports;
  readonly runtime: RunningRuntime;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  readonly readModels: ReadModelControl;
}

/** What every context and face finds by injection: the ports, the runtime, and its share of the settings. */
@Global()
@Module({})
export class PlatformModule {
  static of(platform: Platform): DynamicModule {
    const { settings, ports, runtime } = platform;
    const providers: Provider[] = [
      { provide: CommandExecutor, useValue: runtime.executor },
      { provide: Vault, useValue: ports.vault },
      { provide: READ_STORE, useValue: ports.readStore },
      { provide: FRESHNESS, useValue: runtime.freshness },
      { provide: PROVIDERS, useValue: ports.providers },
      { provide: IDENTITY_SETTINGS, useValue: identitySettings(settings, ports.clock) },
      { provide: INVENTORY_SETTINGS, useValue: inventorySettings(settings) },
      { provide: KEYSTONE_FACE_SETTINGS, useValue: { region: settings.region } },
      { provide: KNOWN_IMAGES, useValue: settings.images },
      { provide: PUBLIC_URL_SETTINGS, useValue: publicUrls(settings) },
      { provide: POOLS_SETTINGS, useValue: poolsSettings(settings, ports.clock) },
      { provide: POOL_AUTH_SETTINGS, useValue: poolAuthSettings(settings) },
      { provide: FLAVORS_SETTINGS, useValue: flavorsSettings(settings, ports.clock) },
      { provide: RESERVATIONS_SETTINGS, useValue: reservationsSettings(settings, ports.clock) },
      { provide: LOG_EPOCH, useValue: () => ports.eventStore.epoch },
      { provide: VMPOOLER_FACE_SETTINGS, useValue: vmpoolerFaceSettings(settings) },
      { provide: BLAZAR_FACE_SETTINGS, useValue: { codes: settings.reservationCodes } },
      { provide: NOVA_SETTINGS, useValue: { pageLimit: settings.pageLimit } },
      { provide: Metrics, useValue: platform.metrics },
      { provide: READINESS, useValue: platform.readiness },
      { provide: ReadModelControl, useValue: platform.readModels },
    ];
    return {
      module: PlatformModule,
      providers,
      exports: providers.map((provider) => (provider as { provide: symbol }).provide),
    };
  }
}

function publicUrls(settings: Settings): { readonly publicUrl?: string; readonly identityUrl?: string } {
  const { publicUrl, keystone } = settings;
  const external = settings.identity === 'keystone' ? (keystone?.publicUrl ?? keystone?.authUrl) : undefined;
  return {
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(external === undefined ? {} : { identityUrl: external }),
  };
}
