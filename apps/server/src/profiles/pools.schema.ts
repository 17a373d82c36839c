import { flag, integer, list, map, object, optionalInteger, text, type SettingRow } from './schema-parts.js';

const name = text({ maxLength: 100, pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]*$' });
const domain = text({ maxLength: 253, pattern: '^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$' });

const pool = object(
  {
    name,
    size: integer(0, 100_000, 0),
    template: text(),
    aliases: list(name, [], 100),
    cloneTarget: text({ maxLength: 255 }),
    readyTtlMinutes: optionalInteger(0, 5_256_000),
    timeoutMinutes: optionalInteger(1, 525_600),
    timeoutNotificationMinutes: optionalInteger(1, 525_600),
    folder: text(),
    datastore: text(),
    provider: text({ maxLength: 255 }),
    dnsPlugin: text({ maxLength: 255 }),
    domain,
    hosts: list(text({ maxLength: 255 }), [], 10_000),
    hostAggregate: text({ maxLength: 255 }),
    vcpus: integer(1, 4096, 2),
    memoryMb: integer(1, 67_108_864, 4096),
    diskGb: integer(0, 1_048_576, 20),
  },
  ['name', 'template'],
);

const seconds = {
  ...object({
    min: { type: 'number', minimum: 0, maximum: 86_400, default: 0 },
    max: { type: 'number', minimum: 0, maximum: 86_400, default: 0 },
  }),
  default: {},
};

/** Clones and boots of the simulated provider. */
export const simulatedVms = {
  ...object({
    cloneSeconds: seconds,
    bootSeconds: seconds,
    failureRate: { type: 'number', minimum: 0, maximum: 1, default: 0 },
  }),
  default: {},
};

const ldap = object(
  {
    url: text({ pattern: '^ldaps?://' }),
    startTls: flag(false),
    bases: { ...list(text(), [], 100), minItems: 1 },
    userObjects: { ...list(text({ maxLength: 100, pattern: '^[A-Za-z][A-Za-z0-9-]*$' }), ['uid'], 100), minItems: 1 },
    timeoutSeconds: integer(1, 300, 5),
    serviceUser: text(),
    servicePassword: text(),
    servicePasswordFile: text(),
    searchFilterObject: text({ maxLength: 100, pattern: '^[A-Za-z][A-Za-z0-9-]*$' }),
    caFile: text(),
    administrators: list(text({ maxLength: 255 }), [], 1000),
  },
  ['url', 'bases'],
);

const poolAuth = object({ provider: { type: 'string', enum: ['builtin', 'dummy', 'ldap', 'none'] }, ldap }, [
  'provider',
]);

const poolMetrics = {
  ...object({
    prometheus: flag(false),
    path: { ...text({ maxLength: 255, pattern: '^/[A-Za-z0-9._/-]*[A-Za-z0-9._-]$' }), default: '/prometheus' },
    instance: text({ maxLength: 255 }),
  }),
  default: {},
};

const requestLimits = {
  ...object({
    enabled: flag(false),
    checkouts: integer(1, 1_000_000, 20),
    deletions: integer(1, 1_000_000, 50),
    withToken: integer(1, 1_000_000, 500),
    others: integer(1, 1_000_000, 100),
    periodSeconds: integer(1, 86_400, 60),
  }),
  default: {},
};

/** Pools and the vmpooler face (contracts/vmpooler §1, §3, §7.5, §11), in the order of docs/reference/configuration.md. */
export const poolSettingRows: readonly SettingRow[] = [
  {
    key: 'pools',
    schema: list(pool, [], 1000),
    about:
      'Pools, in the order of every list. `hosts` or `hostAggregate`: where its VMs run; sizes in MiB and GiB. What is left out of `readyTtlMinutes`, `timeoutMinutes`, `timeoutNotificationMinutes`, `domain` and `cloneTarget` is as for all pools.',
  },
  { key: 'domain', schema: domain, about: 'Domain of VMs whose pool names none.' },
  {
    key: 'prefix',
    schema: text({ maxLength: 40, pattern: '^[a-z0-9][a-z0-9-]*$' }),
    about: 'Put before every VM name.',
  },
  { key: 'siteName', schema: text({ maxLength: 255 }), about: 'Title of the pages about pools.' },
  { key: 'cloneTarget', schema: text({ maxLength: 255 }), about: 'Clone target of pools that name none.' },
  {
    key: 'backendWeight',
    schema: map({ type: 'number', minimum: 0, maximum: 1_000_000 }, {}),
    about: 'Weights by clone target, for names that several pools answer to.',
  },
  { key: 'vmLifetimeHours', schema: integer(0, 876_000, 24), about: 'Life of a checked-out VM; 0: no end.' },
  {
    key: 'vmLifetimeAuthHours',
    schema: integer(0, 876_000, 0),
    about: 'The same for VMs taken with a token; 0: as for all.',
  },
  {
    key: 'maxLifetimeUpperLimit',
    schema: integer(0, 876_000, 0),
    about: 'Lifetimes of so many hours or more are refused; 0: none are.',
  },
  {
    key: 'readyTtlMinutes',
    schema: integer(0, 5_256_000, 60),
    about: 'A VM that was ready for so long is replaced by a fresh one; 0: never.',
  },
  { key: 'timeoutMinutes', schema: integer(1, 525_600, 15), about: 'A VM that is not ready by then is replaced.' },
  {
    key: 'timeoutNotificationMinutes',
    schema: integer(1, 525_600, 5),
    about: 'A VM that is not ready by then is logged, once.',
  },
  {
    key: 'dataTtlHours',
    schema: integer(0, 876_000, 168),
    about: 'The record of a destroyed VM is shown for so long.',
  },
  { key: 'vmCheckMinutes', schema: integer(1, 10_080, 1), about: 'How often a ready VM is looked at.' },
  {
    key: 'taskLimit',
    env: 'LEASEBOOK_TASK_LIMIT',
    schema: integer(1, 10_000, 10),
    about: 'Clones at a time, over all pools.',
  },
  { key: 'onDemandCloneLimit', schema: integer(1, 10_000, 10), about: 'The same for on-demand requests.' },
  {
    key: 'maxOnDemandInstancesPerRequest',
    schema: integer(1, 10_000, 10),
    about: 'Most VMs of one pool in an on-demand request.',
  },
  {
    key: 'onDemandTtlMinutes',
    schema: integer(1, 525_600, 5),
    about: 'An on-demand request that is not met by then fails.',
  },
  { key: 'maxVmRetries', schema: integer(0, 100, 3), about: 'Failed clones of an on-demand request before it fails.' },
  {
    key: 'allowedTags',
    schema: { type: 'array', items: text({ maxLength: 50 }), maxItems: 1000 },
    about: 'Tags that VMs may have. Unset: any.',
  },
  {
    key: 'tagFilter',
    schema: map(text(), {}),
    about: 'By tag: a regular expression; what its groups capture becomes the value.',
  },
  {
    key: 'experimentalFeatures',
    env: 'LEASEBOOK_EXPERIMENTAL_FEATURES',
    schema: flag(false),
    about: 'Pools may be configured and reset over the API.',
  },
  {
    key: 'strictOwnership',
    env: 'LEASEBOOK_STRICT_OWNERSHIP',
    schema: flag(false),
    about: 'Only the user whose token took a VM, or an administrator, may change or return it.',
  },
  {
    key: 'timeZone',
    env: 'LEASEBOOK_TIME_ZONE',
    schema: text({ maxLength: 100 }),
    about: 'IANA name of the zone of days and local times. Unset: that of the system.',
  },
  {
    key: 'poolAuth',
    schema: poolAuth,
    about:
      'Who may have pool tokens: the users of this server (`builtin`, the default), `ldap`, anybody (`dummy`, the default with `identity: noauth`), or there are no tokens (`none`). Left out with users of an external identity service: nobody gets one.',
  },
  { key: 'poolMetrics', schema: poolMetrics, about: "vmpooler's own metrics and `/healthcheck`." },
  {
    key: 'requestLimits',
    schema: requestLimits,
    about: 'Requests of the vmpooler face in a period, for each token or else each address.',
  },
  {
    key: 'checkLoopMinSeconds',
    schema: integer(1, 3600, 5),
    about: 'A pool is looked after at least so often while something happens …',
  },
  { key: 'checkLoopMaxSeconds', schema: integer(1, 86_400, 60), about: '… and at least so often while nothing does.' },
  {
    key: 'checkLoopDecay',
    schema: { type: 'number', minimum: 1.1, maximum: 100, default: 2 },
    about: 'Factor from the one to the other.',
  },
  {
    key: 'poolHoldSeconds',
    schema: integer(1, 3600, 30),
    about: 'A checkout over several pools that is undecided by then fails.',
  },
  { key: 'providerTimeoutSeconds', schema: integer(1, 86_400, 600), about: 'One call to a provider about a VM.' },
];
