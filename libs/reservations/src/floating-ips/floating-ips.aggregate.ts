import type { AggregateDefinition } from '#kernel';
import type { FloatingIpsCommand } from './floating-ips.commands.js';
import { decide, type FloatingIpsRefusal } from './floating-ips.decider.js';
import { floatingIpsCatalog, type FloatingIpsEvent } from './floating-ips.events.js';
import { floatingIpsSnapshot } from './floating-ips.snapshot.js';
import { evolve, noFloatingIps, type FloatingIps } from './floating-ips.state.js';

export const floatingIpsStream = 'floatingIps';

/** The reservable addresses and their calendar: no address is promised twice for the same time. */
export const floatingIps: AggregateDefinition<FloatingIps, FloatingIpsCommand, FloatingIpsEvent, FloatingIpsRefusal> = {
  name: 'floatingIps',
  decider: { initialState: noFloatingIps, decide, evolve },
  catalog: floatingIpsCatalog,
  snapshot: floatingIpsSnapshot,
};
