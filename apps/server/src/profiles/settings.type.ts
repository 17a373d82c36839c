import type { PoolsAndFaceSettings } from './pools.settings.type.js';
import type { ReservationsAndFaceSettings } from './reservations.settings.type.js';

/** A host of the simulated provider. Memory in MiB, disk in GiB. */
export interface SimulatedHostSettings {
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly localGb: number;
  readonly hostIp?: string;
  /** Starts disabled, with this reason. */
  readonly disabledReason?: string;
  /** False: never sends a heartbeat, so it is down. */
  readonly alive: boolean;
  readonly guests: readonly {
    readonly uuid: string;
    readonly name: string;
    readonly vcpus: number;
    readonly memoryMb: number;
    readonly diskGb: number;
    /** Of the flavor that it was booted with. */
    readonly flavorId?: string;
  }[];
}

export interface KeystoneSettings {
  readonly authUrl: string;
  /** Told to clients in `WWW-Authenticate`; default: authUrl. */
  readonly publicUrl?: string;
  readonly username: string;
  readonly password?: string;
  readonly passwordFile?: string;
  readonly project: string;
  readonly domain: string;
  readonly cacheSeconds: number;
}

export interface KeyrockSettings {
  /** The token is appended: `https://idm.example/user?access_token=`. */
  readonly url: string;
  /** `userinfo`: GET url + token; `v3`: Keystone's form under that URL. */
  readonly form: 'userinfo' | 'v3';
  /** Used for everybody; without it the user's first organization is. */
  readonly project?: string;
  readonly cacheSeconds: number;
}

/** Everything that can be set. Keys are those of the YAML file; see settings.schema.ts for bounds and meaning. */
export interface Settings extends PoolsAndFaceSettings, ReservationsAndFaceSettings {
  readonly demo: boolean;
  readonly host: string;
  readonly port: number;
  readonly publicUrl?: string;
  readonly dataDir: string;
  readonly adminPassword?: string;
  readonly eventStoreUrl?: string;
  readonly readStoreUrl?: string;
  readonly timersUrl?: string;
  readonly roles: readonly ('http' | 'projections' | 'processes')[];
  readonly reads: 'fresh' | 'eventual';
  readonly identity: 'builtin' | 'keystone' | 'keyrock' | 'noauth';
  readonly noauthAnywhere: boolean;
  readonly keystone?: KeystoneSettings;
  readonly keyrock?: KeyrockSettings;
  readonly tokenSeconds: number;
  readonly loginFailures: number;
  readonly loginWindowSeconds: number;
  readonly region: string;
  readonly trustedProxies: readonly string[];
  readonly bodyLimitBytes: number;
  readonly connections: number;
  readonly requestTimeoutSeconds: number;
  readonly keepAliveSeconds: number;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  readonly otlpEndpoint?: string;
  readonly cachedStreams: number;
  readonly snapshotMinutes: number;
  readonly pageLimit: number;
  readonly serviceDownSeconds: number;
  readonly heartbeatSeconds: number;
  readonly discoverySeconds: number;
  readonly defaultZone: string;
  readonly simulatedHosts: readonly SimulatedHostSettings[];
  readonly images: readonly { readonly id: string; readonly name: string }[];
}
