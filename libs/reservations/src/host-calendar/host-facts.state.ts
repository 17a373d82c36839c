import type { Capability, EnrolledHost, HostCalendarEvent } from './host-calendar.events.js';

/** An enrolled host as everybody sees it (contracts/blazar §11). Times: milliseconds since 1970. */
export interface HostFacts extends EnrolledHost {
  /** The hypervisor's integer id as text. */
  readonly id: string;
  readonly partition: string;
  readonly reservable: boolean;
  /** In order of first appearance. */
  readonly capabilities: readonly Capability[];
  readonly createdAt: number;
  readonly updatedAt: number | null;
}

/** One host's facts through the events that name it; never changes what it is given. Undefined: it is not enrolled (any more). */
export function foldHost(host: HostFacts | undefined, event: HostCalendarEvent): HostFacts | undefined {
  switch (event.type) {
    case 'HostEnrolled': {
      const { hostId: id, partition, host: copied, capabilities, reservable, at } = event.data;
      return { ...copied, id, partition, reservable, capabilities, createdAt: at, updatedAt: null };
    }
    case 'HostWithdrawn':
      return undefined;
    case 'HostCapabilitiesSet': {
      if (host === undefined) return undefined;
      const values = new Map(host.capabilities.map(({ key, value }) => [key, value]));
      for (const { key, value } of event.data.set) values.set(key, value);
      return {
        ...host,
        capabilities: Array.from(values, ([key, value]) => ({ key, value })),
        updatedAt: event.data.at,
      };
    }
    case 'HostBecameReservable':
    case 'HostBecameUnreservable':
      return host && { ...host, reservable: event.type === 'HostBecameReservable', updatedAt: event.data.at };
    default:
      return host;
  }
}
