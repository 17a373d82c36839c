import { hypervisorCatalog, type HypervisorEvent } from '#inventory';
import { hostCalendarCatalog, type HostCalendarEvent } from '../host-calendar/host-calendar.events.js';

/** A hypervisor that is claimed for reservations. */
export interface ClaimedHypervisor {
  readonly uuid: string;
  /** When calendar, claim and free pool are to be brought together, unless it comes of itself before; null: they are. */
  readonly settleAt: number | null;
  readonly former: number | null;
}

/** For so long a claim without a host may be an enrolment that is under way, and a withdrawn host one that is given back. */
const underWayMs = 30_000;

type Seen = { readonly event: { readonly type: string; readonly data: unknown } };

const of = (seen: Seen): HypervisorEvent | HostCalendarEvent => seen.event as HypervisorEvent | HostCalendarEvent;
const enrolled = (uuid: string): string => `${uuid}/enrolled`;

function correlate(seen: Seen) {
  const event = of(seen);
  switch (event.type) {
    case 'HypervisorClaimed':
      return { key: event.data.uuid, as: 'start' as const };
    case 'HypervisorClaimEnded':
      return { key: event.data.uuid, as: 'stop' as const };
    case 'HostEnrolled': {
      // Seen to even if the claim was given up meanwhile.
      const { hypervisorUuid } = event.data.host;
      return [
        { key: hypervisorUuid, as: 'continue' as const },
        { key: enrolled(hypervisorUuid), as: 'alone' as const },
      ];
    }
    case 'HostWithdrawn':
      return { key: event.data.hypervisorUuid, as: 'continue' as const };
    default:
      return undefined;
  }
}

function evolve(claimed: ClaimedHypervisor | null, seen: Seen): ClaimedHypervisor | null {
  const event = of(seen);
  if (event.type === 'HypervisorClaimed')
    return { uuid: event.data.uuid, settleAt: event.data.at + underWayMs, former: null };
  if (claimed === null) return null;
  const settleAt = event.type === 'HostWithdrawn' ? event.data.at + underWayMs : null;
  return { ...claimed, settleAt, former: claimed.settleAt };
}

const timerId = (uuid: string, settleAt: number): string => `host.${uuid}.settle.${String(settleAt)}`;

function timersOf({ uuid, settleAt }: ClaimedHypervisor) {
  if (settleAt === null) return [];
  return [{ id: timerId(uuid, settleAt), dueAt: settleAt, kind: 'host-settle', payload: { uuid } }];
}

function react(claimed: ClaimedHypervisor | null, seen: Seen, key: string) {
  const event = of(seen);
  if (event.type === 'HostEnrolled' && key === enrolled(event.data.host.hypervisorUuid))
    return [{ kind: 'do' as const, name: 'settle-host', input: { uuid: event.data.host.hypervisorUuid } }];
  if (claimed === null) return [];
  const { uuid, former } = claimed;
  return [
    ...(former === null ? [] : [{ kind: 'cancel' as const, timerId: timerId(uuid, former) }]),
    ...timersOf(claimed).map((timer) => ({ kind: 'schedule' as const, timer })),
  ];
}

/** Finishes or undoes what a stop left between a hypervisor's claim, its host's calendar and the free pool. */
export const hostEnrolmentSaga = {
  name: 'hostEnrolment',
  version: 1,
  catalogs: [hypervisorCatalog, hostCalendarCatalog],
  events: [
    'inventory/HypervisorClaimed',
    'inventory/HypervisorClaimEnded',
    'reservations/HostEnrolled',
    'reservations/HostWithdrawn',
  ],
  correlate,
  initialState: (): ClaimedHypervisor | null => null,
  evolve,
  react,
  timers: (claimed: ClaimedHypervisor | null) => (claimed === null ? [] : timersOf(claimed)),
  /** Only a store that does not answer gets here, or a host with servers that came meanwhile. */
  onFailure: (_error: Error, attempt: number) => ({
    kind: 'retry' as const,
    afterMs: Math.min(60_000, 1000 * 2 ** Math.min(attempt - 1, 6)),
  }),
};
