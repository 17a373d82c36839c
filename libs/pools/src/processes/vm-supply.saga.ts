import { poolCatalog, type PoolEvent } from '../pool/pool.events.js';

/** After these something may be to be done for the pool: a machine made, destroyed, changed or taken away. */
const changing = [
  'PoolConfigured',
  'PoolUnconfigured',
  'PoolSizeOverridden',
  'PoolSizeReset',
  'PoolTemplateOverridden',
  'PoolTemplateReset',
  'CloneTargetOverridden',
  'PoolReset',
  'VmCloneFailed',
  'HoldConfirmed',
  'VmsReturned',
  'VmsCheckedOut',
  'VmsRetired',
  'VmDestroyed',
  'VmTaskRequested',
  'OnDemandQueued',
  'OnDemandCancelled',
] as const satisfies readonly PoolEvent['type'][];

type Seen = { readonly event: { readonly type: string; readonly data: unknown } };

const poolOf = ({ event }: Seen): string => (event as PoolEvent).data.pool;

/** Tells the supply which pool to look at. Only a hint: the supply looks by itself now and then, and decides by what it sees. */
export const vmSupplySaga = {
  name: 'vmSupply',
  version: 1,
  catalogs: [poolCatalog],
  events: changing.map((type) => `pools/${type}`),
  correlate: (envelope: Seen) => ({ key: poolOf(envelope), as: 'alone' as const }),
  initialState: () => null,
  evolve: () => null,
  react: (_state: unknown, envelope: Seen) => [
    { kind: 'do' as const, name: 'nudge', input: { pool: poolOf(envelope) } },
  ],
  onFailure: () => ({ kind: 'skip' as const }),
};
