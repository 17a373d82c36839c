import { accept, refuse, unreachable, type AggregateDefinition, type Decision } from '#kernel';
import type { Toucher } from '../contracts.js';
import {
  onDemandCatalog,
  type DeliveredVm,
  type OnDemandEvent,
  type OnDemandFailed,
  type OnDemandRequested,
} from './on-demand.events.js';
import { evolve, type OnDemandRequest, type OnDemandState } from './on-demand.state.js';

const dayMs = 24 * 60 * 60_000;
/** How long the records of fulfilled and deleted requests are kept (contracts/vmpooler §10). */
export const fulfilledKeptMs = 30 * dayMs;
export const deletedKeptMs = 15 * dayMs;

/** Times in milliseconds since 1970. */
export type OnDemandCommand =
  /** Refused as `request-id-taken` (requestId) where there is one already. */
  | ({ readonly type: 'request' } & OnDemandRequested['data'])
  /** The last one fulfils the request in the same decision. After its end: no event. */
  | { readonly type: 'note-delivered'; readonly vm: DeliveredVm; readonly at: number }
  /** No event when it has ended, or when a deadline is not over. */
  | {
      readonly type: 'fail';
      readonly reason: OnDemandFailed['data']['reason'];
      readonly message: string | null;
      readonly keptMs: number;
      readonly at: number;
    }
  /** In any state; again: no event. Refused: request-unknown (requestId), not-the-owner (requestId). */
  | {
      readonly type: 'delete';
      readonly requestId: string;
      readonly toucher: Toucher | null;
      readonly strictOwnership: boolean;
      readonly at: number;
    }
  /** No event before its time. */
  | { readonly type: 'forget'; readonly at: number };

export type OnDemandRefusal = 'request-id-taken' | 'request-unknown' | 'not-the-owner';

type Decided = Decision<OnDemandEvent, OnDemandRefusal>;
type Of<Type extends OnDemandCommand['type']> = Extract<OnDemandCommand, { type: Type }>;

function decide(command: OnDemandCommand, state: Readonly<OnDemandState>): Decided {
  switch (command.type) {
    case 'request': {
      const { type: _type, ...data } = command;
      if (state !== undefined) return refuse('request-id-taken', { requestId: data.requestId });
      return request(data);
    }
    case 'note-delivered':
      return state?.status === 'open' ? noteDelivered(command, state) : accept();
    case 'fail':
      return state?.status === 'open' ? fail(command, state) : accept();
    case 'delete':
      return deleteRequest(command, state);
    case 'forget':
      return state === undefined ? accept() : forget(command, state);
    default:
      return unreachable(command);
  }
}

/** Who wants nothing has it at once. */
function request(data: OnDemandRequested['data']): Decided {
  const requested: OnDemandEvent = { type: 'OnDemandRequested', data };
  if (data.shares.length > 0) return accept<OnDemandEvent>(requested);
  const { stream, requestId, at } = data;
  const fulfilled = { stream, requestId, vms: [], forgetAt: at + fulfilledKeptMs, at };
  return accept<OnDemandEvent>(requested, { type: 'OnDemandFulfilled', data: fulfilled });
}

function noteDelivered({ vm, at }: Of<'note-delivered'>, state: Readonly<OnDemandRequest>): Decided {
  const { stream, requestId } = state;
  if (state.delivered.some(({ name, pool }) => name === vm.name && pool === vm.pool)) return accept();
  const delivered: OnDemandEvent = { type: 'OnDemandVmDelivered', data: { stream, requestId, vm, at } };
  const vms = [...state.delivered, vm];
  if (!isComplete(state, vms)) return accept(delivered);
  const data = { stream, requestId, vms, forgetAt: at + fulfilledKeptMs, at };
  return accept<OnDemandEvent>(delivered, { type: 'OnDemandFulfilled', data });
}

function isComplete({ shares }: Readonly<OnDemandRequest>, vms: readonly DeliveredVm[]): boolean {
  return shares.every(({ pool, requestedAs, count }) => {
    const its = vms.filter((vm) => vm.pool === pool && vm.requestedAs === requestedAs);
    return its.length >= count;
  });
}

function fail({ reason, message, keptMs, at }: Of<'fail'>, state: Readonly<OnDemandRequest>): Decided {
  const { stream, requestId, deadline } = state;
  if (reason === 'deadline' && at < deadline) return accept();
  return accept({ type: 'OnDemandFailed', data: { stream, requestId, reason, message, forgetAt: at + keptMs, at } });
}

function deleteRequest(
  { requestId, toucher, strictOwnership, at }: Of<'delete'>,
  state: Readonly<OnDemandState>,
): Decided {
  if (state === undefined || isForgotten(state, at)) return refuse('request-unknown', { requestId });
  const isOthers = state.userId !== null && state.userId !== toucher?.userId;
  if (strictOwnership && isOthers && toucher?.administrator !== true) return refuse('not-the-owner', { requestId });
  if (state.status === 'deleted') return accept();
  const { stream } = state;
  return accept({ type: 'OnDemandDeleted', data: { stream, requestId, forgetAt: at + deletedKeptMs, at } });
}

function forget({ at }: Of<'forget'>, state: Readonly<OnDemandRequest>): Decided {
  const { stream, requestId, status } = state;
  if (status === 'forgotten' || !isForgotten(state, at)) return accept();
  return accept({ type: 'OnDemandForgotten', data: { stream, requestId, at } });
}

/** Its id may be used again, whether or not that has been written down. */
export function isForgotten(state: Readonly<OnDemandRequest>, now: number): boolean {
  return state.forgetAt !== undefined && state.forgetAt <= now;
}

/** `key`: what stands for the request's id in the stream's name. */
export function onDemandStream(key: string, generation: number): string {
  return `onDemand-${key}.${String(generation)}`;
}

export const onDemand: AggregateDefinition<OnDemandState, OnDemandCommand, OnDemandEvent, OnDemandRefusal> = {
  name: 'onDemand',
  decider: { initialState: () => undefined, decide, evolve },
  catalog: onDemandCatalog,
};
