import { unreachable } from '#kernel';
import type { PoolConfigured, PoolEvent } from './pool.events.js';
import { rememberedAtMost, rememberedForMs, type Pool, type PoolState } from './pool.state.js';
import { ReadyQueue } from './ready-queue.state.js';
import { Remembered } from './remembered.state.js';
import { isVmEvent, changeVm } from './vm-evolution.state.js';
import { isOnDemandEvent, changeRequest } from './on-demand-evolution.state.js';

type ConfigurationEvent = Extract<
  PoolEvent,
  {
    type:
      | 'PoolConfigured'
      | 'PoolUnconfigured'
      | 'PoolSizeOverridden'
      | 'PoolSizeReset'
      | 'PoolTemplateOverridden'
      | 'PoolTemplateReset'
      | 'CloneTargetOverridden'
      | 'PoolReset';
  }
>;

export function evolve(state: PoolState, event: PoolEvent): PoolState {
  if (state === undefined) {
    if (event.type === 'PoolConfigured') return configured(event);
    throw new Error(`${event.type} before the pool was configured`);
  }
  if (isVmEvent(event)) changeVm(state, event);
  else if (isOnDemandEvent(event)) changeRequest(state, event);
  else change(state, event);
  return state;
}

function configured({ data: { order, settings, rules } }: PoolConfigured): Pool {
  return {
    ...{ name: settings.name, configured: true, order, settings, rules },
    ...{ sizeOverride: null, templateOverride: null, cloneTargetOverride: null },
    vms: new Map(),
    ready: new ReadyQueue(),
    lastPlace: 0,
    pending: new Set(),
    pendingForStock: 0,
    running: new Set(),
    completed: new Set(),
    tasked: new Set(),
    holds: new Map(),
    held: 0,
    decidedAttempts: new Remembered(rememberedForMs, rememberedAtMost),
    requests: new Map(),
    waiting: 0,
    endedRequests: new Remembered(rememberedForMs, rememberedAtMost),
    vmsOfRequest: new Map(),
    days: new Map(),
  };
}

function change(pool: Pool, event: ConfigurationEvent): void {
  switch (event.type) {
    case 'PoolConfigured':
      pool.configured = true;
      pool.order = event.data.order;
      pool.settings = event.data.settings;
      pool.rules = event.data.rules;
      return;
    case 'PoolUnconfigured':
      pool.configured = false;
      return;
    case 'PoolSizeOverridden':
      pool.sizeOverride = event.data.size;
      return;
    case 'PoolSizeReset':
      pool.sizeOverride = null;
      return;
    case 'PoolTemplateOverridden':
      pool.templateOverride = event.data.template;
      return;
    case 'PoolTemplateReset':
      pool.templateOverride = null;
      return;
    case 'CloneTargetOverridden':
      pool.cloneTargetOverride = event.data.cloneTarget;
      return;
    case 'PoolReset':
      for (const { vms } of pool.holds.values()) {
        for (const name of vms) {
          const vm = pool.vms.get(name);
          if (vm !== undefined) vm.resetWhileHeld = true;
        }
      }
      return;
    default:
      unreachable(event);
  }
}
