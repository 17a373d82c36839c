import { accept } from '#kernel';
import { poolUnknown, type Decided, type Of } from './decided.policy.js';
import { byReason, misfit } from './fitting.policy.js';
import type { PoolEvent, VmsRetired } from './pool.events.js';
import { originOf, sizeOf, type Origin, type Pool, type PoolState } from './pool.state.js';
import { readyAndPending, retire } from './retirement.policy.js';
import { sameSettings } from './same-settings.policy.js';

export function configure({ order, settings, rules, at }: Of<'configure'>, state: Readonly<PoolState>): Decided {
  const event: PoolEvent = { type: 'PoolConfigured', data: { pool: settings.name, order, settings, rules, at } };
  if (state === undefined) return accept(event);
  const same =
    state.configured &&
    state.order === order &&
    sameSettings(state.settings, settings) &&
    sameSettings(state.rules, rules);
  return same ? accept() : accept<PoolEvent>(event, ...replaced(state, originOf({ ...state, settings, rules }), at));
}

/** Its running machines live on. */
export function unconfigure({ at }: Of<'unconfigure'>, state: Readonly<PoolState>): Decided {
  if (state?.configured !== true) return accept();
  return accept<PoolEvent>(
    { type: 'PoolUnconfigured', data: { pool: state.name, at } },
    ...retire(state, at, { reason: 'unconfigured', vms: readyAndPending(state) }),
  );
}

export function overrideSize({ size, at }: Of<'override-size'>, state: Readonly<PoolState>): Decided {
  if (state?.configured !== true) return poolUnknown(state);
  if (size === sizeOf(state)) return accept();
  return accept({ type: 'PoolSizeOverridden', data: { pool: state.name, size, at } });
}

export function resetSize({ at }: Of<'reset-size'>, state: Readonly<PoolState>): Decided {
  if (state?.configured !== true) return poolUnknown(state);
  return state.sizeOverride === null ? accept() : accept({ type: 'PoolSizeReset', data: { pool: state.name, at } });
}

export function overrideTemplate({ template, at }: Of<'override-template'>, state: Readonly<PoolState>): Decided {
  if (state?.configured !== true) return poolUnknown(state);
  if (template === originOf(state).template) return accept();
  return accept<PoolEvent>(
    { type: 'PoolTemplateOverridden', data: { pool: state.name, template, at } },
    ...replaced(state, { ...originOf(state), template }, at),
  );
}

export function resetTemplate({ at }: Of<'reset-template'>, state: Readonly<PoolState>): Decided {
  if (state?.configured !== true) return poolUnknown(state);
  if (state.templateOverride === null) return accept();
  return accept<PoolEvent>(
    { type: 'PoolTemplateReset', data: { pool: state.name, at } },
    ...replaced(state, { ...originOf(state), template: state.settings.template }, at),
  );
}

export function overrideCloneTarget(
  { cloneTarget, at }: Of<'override-clone-target'>,
  state: Readonly<PoolState>,
): Decided {
  if (state?.configured !== true) return poolUnknown(state);
  const origin = originOf(state);
  if (cloneTarget === origin.cloneTarget) return accept();
  return accept<PoolEvent>(
    { type: 'CloneTargetOverridden', data: { pool: state.name, cloneTarget, at } },
    ...replaced(state, { ...origin, cloneTarget }, at),
  );
}

export function reset({ at }: Of<'reset'>, state: Readonly<PoolState>): Decided {
  if (state?.configured !== true) return poolUnknown(state);
  return accept<PoolEvent>(
    { type: 'PoolReset', data: { pool: state.name, at } },
    ...retire(state, at, { reason: 'reset', vms: readyAndPending(state) }),
  );
}

/** Ready and pending machines that are not made from what the pool offers from now on. */
function replaced(pool: Readonly<Pool>, origin: Origin, at: number): VmsRetired[] {
  const before = originOf(pool);
  if (before.template === origin.template && before.cloneTarget === origin.cloneTarget) return [];
  return retire(pool, at, ...byReason(readyAndPending(pool), (vm) => misfit(vm, origin)));
}
