import type { Append, AppendOutcome, EventStore } from '#event-store';
import { StoreUnavailable, type StoredMetadata } from '#kernel';
import { ProviderError, type Provider, type ProviderCall } from '#providers';

/**
 * What goes wrong with one request. `before`, `after`, `timeout`: at that call, as everywhere; `dies-before`,
 * `dies-after`: nothing that is done for the request has an effect from that call on, or from right after it, as if its
 * process had ended there.
 */
export type RequestFault = 'none' | 'before' | 'after' | 'timeout' | 'dies-before' | 'dies-after';

interface Plan {
  readonly fault: RequestFault;
  readonly index: number;
  /** Its hypervisors, by native id: calls about them are calls for this request. */
  readonly hosts: ReadonlySet<string>;
  /** What was called: a stream, or a call of the provider. */
  readonly calls: string[];
  met: boolean;
}

/** What becomes of a call. */
type Course = 'goes' | 'is dead' | 'fails' | 'is lost' | 'is not answered';

const courses = { before: 'fails', timeout: 'is lost', after: 'is not answered' } as const;

/** Faults at the calls that are made for a request and because of it, whoever else is at work: they are known by its id. */
export class FaultsByRequest {
  private readonly plans = new Map<string, Plan>();

  arm(requestId: string, fault: RequestFault, index: number, hosts: readonly string[] = []): void {
    this.plans.set(requestId, { fault, index, hosts: new Set(hosts), calls: [], met: false });
  }

  wasMet(requestId: string): boolean {
    return this.plans.get(requestId)?.met === true;
  }

  /** In order: streams that were appended to, and operations of the provider. */
  calls(requestId: string): readonly string[] {
    return this.plans.get(requestId)?.calls ?? [];
  }

  /** Nothing fails any more, and nobody is dead. */
  disarm(): void {
    this.plans.clear();
  }

  next(requestId: string, call: string): Course {
    const plan = this.plans.get(requestId);
    if (plan === undefined) return 'goes';
    const { fault, index } = plan;
    const number = plan.calls.push(call) - 1;
    if (fault === 'none' || number < index) return 'goes';
    if (fault === 'dies-before' || fault === 'dies-after') {
      plan.met = true;
      return fault === 'dies-after' && number === index ? 'goes' : 'is dead';
    }
    if (number > index) return 'goes';
    plan.met = true;
    return courses[fault];
  }

  requestOn(host: string): string | undefined {
    for (const [requestId, { hosts }] of this.plans) if (hosts.has(host)) return requestId;
    return undefined;
  }
}

function requestOf({ events: [first] }: Append): string {
  return first === undefined ? '' : (JSON.parse(first.metadata) as StoredMetadata).correlation;
}

/** Also knows which appends nobody has had a true answer to yet. */
export function storeFailingByRequest(
  inner: EventStore,
  faults: FaultsByRequest,
): { readonly store: EventStore; readonly isSettled: () => boolean } {
  const open = new Set<string>();
  const one = async (append: Append): Promise<AppendOutcome> => {
    const course = faults.next(requestOf(append), append.stream);
    const id = append.events[0]?.id ?? '';
    if (course === 'fails' || course === 'is dead') return { kind: 'unavailable', reason: 'the plan wants a fault' };
    const unknown = { kind: 'unknown', reason: 'the plan wants a fault' } as const;
    if (course !== 'goes') open.add(id);
    if (course === 'is lost') return unknown;
    const [outcome] = await inner.append([append]);
    if (course === 'is not answered' || outcome === undefined) return unknown;
    open.delete(id);
    return outcome;
  };
  const store = new Proxy(inner, {
    get: (target, name) => {
      if (name === 'append') return (batch: readonly Append[]) => Promise.all(batch.map(one));
      const found: unknown = Reflect.get(target, name);
      return typeof found === 'function' ? (found as () => unknown).bind(target) : found;
    },
  });
  return { store, isSettled: () => open.size === 0 };
}

export const ofGuests: readonly PropertyKey[] = ['listGuests', 'destroyGuest', 'imageGuest'];

export function providerFailingByRequest(inner: Provider, faults: FaultsByRequest): Provider {
  return new Proxy(inner, {
    get: (target, name) => {
      const found: unknown = Reflect.get(target, name);
      if (typeof found !== 'function') return found;
      const call = (found as (...all: unknown[]) => Promise<unknown>).bind(target);
      if (!ofGuests.includes(name)) return call;
      return async (nativeId: string, ...rest: (string | ProviderCall)[]): Promise<unknown> => {
        const requestId = faults.requestOn(nativeId);
        const course = requestId === undefined ? 'goes' : faults.next(requestId, String(name));
        if (course === 'is dead') throw new StoreUnavailable('its process has ended');
        if (course === 'fails') throw new ProviderError('retry', 'the plan wants a fault');
        if (course === 'is lost') throw new ProviderError('timeout', 'the plan wants a fault');
        const result = await call(nativeId, ...rest);
        if (course === 'is not answered') throw new ProviderError('timeout', 'the plan wants a fault');
        return result;
      };
    },
  });
}
