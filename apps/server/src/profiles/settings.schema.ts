import { integer, list, object, oneOf, text, url, type SettingRow } from './schema-parts.js';
import { poolSettingRows, simulatedVms } from './pools.schema.js';
import { reservationSettingRows } from './reservations.schema.js';

export type { SettingRow } from './schema-parts.js';

const guest = object(
  {
    uuid: text({ format: 'uuid' }),
    name: text({ maxLength: 255 }),
    vcpus: integer(0, 4096, 1),
    memoryMb: integer(0, 67_108_864, 1024),
    diskGb: integer(0, 1_048_576, 10),
    flavorId: text({ maxLength: 255 }),
  },
  ['uuid', 'name'],
);

const simulatedHost = object(
  {
    name: text({ maxLength: 255, pattern: '^[a-zA-Z0-9-._]+$' }),
    vcpus: integer(1, 4096, 64),
    memoryMb: integer(1, 67_108_864, 262_144),
    localGb: integer(1, 1_048_576, 2048),
    hostIp: text({ format: 'ipv4' }),
    disabledReason: text({ maxLength: 255 }),
    alive: { type: 'boolean', default: true },
    guests: list(guest, [], 10_000),
  },
  ['name'],
);

const keystone = object(
  {
    authUrl: url('https?'),
    publicUrl: url('https?'),
    username: text(),
    password: text(),
    passwordFile: text(),
    project: { ...text(), default: 'service' },
    domain: { ...text(), default: 'Default' },
    cacheSeconds: integer(0, 3600, 60),
  },
  ['authUrl', 'username'],
);

const keyrock = object(
  {
    url: url('https?'),
    form: { type: 'string', enum: ['userinfo', 'v3'], default: 'userinfo' },
    project: text(),
    cacheSeconds: integer(0, 3600, 60),
  },
  ['url'],
);

/** In the order of docs/reference/configuration.md, which is made from it. */
export const settingRows: readonly SettingRow[] = [
  { key: 'host', env: 'LEASEBOOK_HOST', schema: { ...text(), default: '127.0.0.1' }, about: 'Address to listen on.' },
  {
    key: 'port',
    env: 'LEASEBOOK_PORT',
    schema: integer(0, 65_535, 8080),
    about: 'Port to listen on; 0 takes a free one.',
  },
  {
    key: 'publicUrl',
    env: 'LEASEBOOK_PUBLIC_URL',
    schema: url('https?'),
    about: "Base of every absolute link. Unset: from the request's Host.",
  },
  {
    key: 'dataDir',
    env: 'LEASEBOOK_DATA_DIR',
    schema: { ...text(), default: './data' },
    about: 'Folder of the log, the read models and the keys; one process owns it.',
  },
  {
    key: 'adminPassword',
    env: 'LEASEBOOK_ADMIN_PASSWORD',
    schema: text({ maxLength: 255 }),
    about:
      'Password of the administrator made at the first start. Unset: one is made, printed once and kept in the data folder with mode 0600.',
  },
  {
    key: 'eventStoreUrl',
    env: 'LEASEBOOK_EVENT_STORE_URL',
    schema: url('esdb|esdb\\+discover'),
    about: 'Unset: embedded.',
  },
  {
    key: 'readStoreUrl',
    env: 'LEASEBOOK_READ_STORE_URL',
    schema: url('mongodb|mongodb\\+srv'),
    about: 'Unset: embedded.',
  },
  { key: 'timersUrl', env: 'LEASEBOOK_TIMERS_URL', schema: url('rediss?'), about: 'Unset: embedded.' },
  {
    key: 'roles',
    env: 'LEASEBOOK_ROLES',
    schema: {
      ...list({ type: 'string', enum: ['http', 'projections', 'processes'] }, ['http', 'projections', 'processes'], 3),
      minItems: 1,
      uniqueItems: true,
    },
    about: 'What this process does.',
  },
  {
    key: 'reads',
    env: 'LEASEBOOK_READS',
    schema: oneOf(['fresh', 'eventual'], 'fresh'),
    about:
      '`fresh`: a GET waits (at most 2 s) until its read models have reached the end of the log; `eventual`: it does not ask.',
  },
  {
    key: 'identity',
    env: 'LEASEBOOK_IDENTITY',
    schema: oneOf(['builtin', 'keystone', 'keyrock', 'noauth'], 'builtin'),
    about: 'Who checks tokens.',
  },
  {
    key: 'noauthAnywhere',
    env: 'LEASEBOOK_NOAUTH_ANYWHERE',
    schema: { type: 'boolean', default: false },
    about: 'Second switch for `noauth` on an address that is not loopback.',
  },
  { key: 'keystone', schema: keystone, about: 'External Keystone, for `identity: keystone`.' },
  { key: 'keyrock', schema: keyrock, about: 'FIWARE KeyRock, for `identity: keyrock`.' },
  {
    key: 'tokenSeconds',
    env: 'LEASEBOOK_TOKEN_SECONDS',
    schema: integer(60, 604_800, 3600),
    about: 'Life of a token.',
  },
  {
    key: 'loginFailures',
    env: 'LEASEBOOK_LOGIN_FAILURES',
    schema: integer(1, 10_000, 10),
    about: 'Failed logins of one user from one address within the window before further ones are refused.',
  },
  {
    key: 'loginWindowSeconds',
    env: 'LEASEBOOK_LOGIN_WINDOW_SECONDS',
    schema: integer(1, 86_400, 300),
    about: 'That window.',
  },
  {
    key: 'region',
    env: 'LEASEBOOK_REGION',
    schema: { ...text({ maxLength: 255 }), default: 'RegionOne' },
    about: 'Region of the catalog.',
  },
  {
    key: 'trustedProxies',
    env: 'LEASEBOOK_TRUSTED_PROXIES',
    schema: list(text(), [], 100),
    about: 'Addresses or networks whose X-Forwarded-* headers are believed.',
  },
  {
    key: 'bodyLimitBytes',
    env: 'LEASEBOOK_BODY_LIMIT_BYTES',
    schema: integer(1024, 67_108_864, 1_048_576),
    about: "Longest request body; a face's own limit may be lower.",
  },
  {
    key: 'connections',
    env: 'LEASEBOOK_CONNECTIONS',
    schema: integer(1, 1_000_000, 10_000),
    about: 'Most connections at a time.',
  },
  {
    key: 'requestTimeoutSeconds',
    env: 'LEASEBOOK_REQUEST_TIMEOUT_SECONDS',
    schema: integer(1, 3600, 60),
    about: 'For receiving a whole request.',
  },
  {
    key: 'keepAliveSeconds',
    env: 'LEASEBOOK_KEEP_ALIVE_SECONDS',
    schema: integer(1, 3600, 72),
    about: 'An idle connection is closed after it.',
  },
  {
    key: 'logLevel',
    env: 'LEASEBOOK_LOG_LEVEL',
    schema: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'info'),
    about: 'Logs are JSON lines on standard output.',
  },
  {
    key: 'otlpEndpoint',
    env: 'LEASEBOOK_OTLP_ENDPOINT',
    schema: url('https?'),
    about: 'OpenTelemetry collector (OTLP over HTTP) for traces. Unset: OTEL_EXPORTER_OTLP_ENDPOINT, else no traces.',
  },
  {
    key: 'cachedStreams',
    env: 'LEASEBOOK_CACHED_STREAMS',
    schema: integer(16, 1_000_000, 20_000),
    about: 'Streams whose folded state is kept in memory.',
  },
  {
    key: 'snapshotMinutes',
    env: 'LEASEBOOK_SNAPSHOT_MINUTES',
    schema: integer(1, 1440, 5),
    about: 'How often read models in memory are written down so that the next start is quick.',
  },
  {
    key: 'pageLimit',
    env: 'LEASEBOOK_PAGE_LIMIT',
    schema: integer(1, 10_000, 1000),
    about: 'Most rows of one page of hypervisors.',
  },
  {
    key: 'serviceDownSeconds',
    env: 'LEASEBOOK_SERVICE_DOWN_SECONDS',
    schema: integer(2, 86_400, 60),
    about: 'A service without a heartbeat for so long is down.',
  },
  {
    key: 'heartbeatSeconds',
    env: 'LEASEBOOK_HEARTBEAT_SECONDS',
    schema: integer(1, 3600, 10),
    about: 'How often providers are asked for heartbeats.',
  },
  {
    key: 'discoverySeconds',
    env: 'LEASEBOOK_DISCOVERY_SECONDS',
    schema: integer(1, 86_400, 60),
    about: 'How often providers are asked for their hypervisors.',
  },
  {
    key: 'defaultZone',
    env: 'LEASEBOOK_DEFAULT_ZONE',
    schema: { ...text({ maxLength: 255 }), default: 'nova' },
    about: 'Availability zone of hosts whose aggregates name none.',
  },
  { key: 'simulatedHosts', schema: list(simulatedHost, [], 100_000), about: 'Hosts of the simulated provider.' },
  {
    key: 'simulatedVms',
    schema: simulatedVms,
    about: 'How long the simulated provider takes to clone and to boot a VM, and how often (0 … 1) a call of it fails.',
  },
  {
    key: 'images',
    schema: list(
      object({ id: text({ format: 'uuid', pattern: '^[0-9a-f-]{36}$' }), name: text({ maxLength: 255 }) }, [
        'id',
        'name',
      ]),
      [],
      10_000,
    ),
    about: 'Known images, for image pre-caching and the read-only image API.',
  },
  ...poolSettingRows,
  ...reservationSettingRows,
];

export const settingsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: { demo: { type: 'boolean' }, ...Object.fromEntries(settingRows.map((row) => [row.key, row.schema])) },
} as const;
