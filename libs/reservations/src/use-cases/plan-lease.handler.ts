import { refuse, type Refused } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  PlanLease,
  type LeasePlan,
  type PlannedReservation,
  type ReservationsRefusal,
  type WantedLease,
} from '../contracts.js';
import { floatingIps, floatingIpsStream } from '../floating-ips/floating-ips.aggregate.js';
import type { AddressWish } from '../floating-ips/floating-ips.commands.js';
import { addressOffers, type AddressOffer } from '../floating-ips/floating-ips.looks.js';
import { hostCalendar, hostCalendarStream } from '../host-calendar/host-calendar.aggregate.js';
import type { HostWish } from '../host-calendar/host-calendar.commands.js';
import { copiedHosts } from '../host-calendar/host-calendar.looks.js';
import type { OfferingCalendar } from '../host-calendar/host-offers.policy.js';
import { calendarOf, planHosts, type PlannedHosts } from '../host-calendar/host-plan.policy.js';
import { idleFrom, nextStart } from '../host-calendar/next-start.policy.js';
import { beforeEndRefusal, datesRefusal } from '../lease/due-events.policy.js';
import type { ReservationTerms } from '../lease/lease.events.js';
import { RESERVATIONS_SETTINGS, type ReservationsSettings } from '../reservations.settings.js';
import { AskedReservationsReader } from './allocation/asked-reservations.js';
import { addressWish, fresh, hostWish, wantsAddresses } from './allocation/wishes.policy.js';
import { LeaseFilters } from './enforcement/lease-filters.js';
import { partitionNames } from './hosts/host-partitions.policy.js';
import { nextAddresses } from './next-addresses.js';

type Planned = { readonly kind: 'planned'; readonly plan: LeasePlan } | Refused<ReservationsRefusal>;

/** How often a start that suits the hosts may not suit the addresses, and the other way round. */
const roundsAtMost = 20;

/** A creation without holds: its checks, in their order, and then what it would get or what is in the way. */
@QueryHandler(PlanLease)
export class PlanLeaseHandler implements IQueryHandler<PlanLease> {
  private readonly cleaningMs: number;

  constructor(
    private readonly executor: CommandExecutor,
    private readonly reader: AskedReservationsReader,
    private readonly filters: LeaseFilters,
    @Inject(RESERVATIONS_SETTINGS) private readonly settings: ReservationsSettings,
  ) {
    this.cleaningMs = settings.cleaningMinutes * 60_000;
  }

  async execute({ caller, wanted, now }: PlanLease): Promise<Planned> {
    const early = this.reader.typeMissing(wanted.reservations) ?? datesRefusal(wanted, now);
    if (early !== undefined) return early;
    const { terms, refusal } = await this.reader.read(wanted.reservations);
    if (refusal !== undefined) return refusal;
    const calendar = await this.calendar(terms);
    const wishes = wishesOf(wanted, terms);
    const hosts = planHosts(calendar, wishes.hosts, this.cleaningMs);
    if (hosts.kind === 'property-unknown') return refuse(hosts.kind, { name: hosts.name });
    const late = (await this.filterRefusal(caller, wanted, terms)) ?? beforeEndRefusal(wanted);
    if (late !== undefined) return late;
    const addresses = await this.addresses(wishes.addresses);
    const reservations = plannedReservations(calendar, terms, hosts.wishes, addresses);
    const fits = reservations.every((each) => each.fits);
    const nextStartAt = fits ? wanted.startsAt : await this.nextStart(calendar, wishes, wanted.startsAt);
    return { kind: 'planned', plan: { fits, reservations, nextStartAt } };
  }

  private filterRefusal(
    caller: PlanLease['caller'],
    { name, startsAt, endsAt }: WantedLease,
    terms: readonly ReservationTerms[],
  ): ReturnType<LeaseFilters['checkCreate']> {
    const reservations = terms.map((its, index) => ({ id: String(index), terms: its, hosts: [], addresses: [] }));
    return this.filters.checkCreate(caller, { id: 'plan', name, startsAt, endsAt, reservations });
  }

  private async calendar(terms: readonly ReservationTerms[]): Promise<OfferingCalendar> {
    if (terms.every(wantsAddresses)) return calendarOf([]);
    const partitions = partitionNames(this.settings.partitions);
    const looks = partitions.map((name) => this.executor.look(hostCalendar, hostCalendarStream(name), copiedHosts));
    return calendarOf(await Promise.all(looks));
  }

  private async addresses(wishes: readonly AddressWish[]): Promise<readonly AddressOffer[]> {
    if (wishes.length === 0) return [];
    return this.executor.look(floatingIps, floatingIpsStream, (state) => addressOffers(state, wishes));
  }

  /** Hosts and addresses are asked in turn until both agree; if they will not, for the time when everything booked is over. */
  private async nextStart(
    calendar: OfferingCalendar,
    { hosts, addresses }: Wishes,
    from: number,
  ): Promise<number | null> {
    let start = from;
    for (let round = 0; round <= roundsAtMost; round += 1) {
      const forHosts = hosts.length === 0 ? start : nextStart(calendar, hosts, this.cleaningMs, start);
      if (forHosts === null || addresses.length === 0) return forHosts;
      const forBoth = await this.executor.look(floatingIps, floatingIpsStream, (state) =>
        nextAddresses(state, addresses, forHosts),
      );
      if (forBoth === null || forBoth === forHosts) return forBoth;
      start = round === roundsAtMost - 1 ? Math.max(forBoth, idleFrom(calendar, this.cleaningMs)) : forBoth;
    }
    return null;
  }
}

interface Wishes {
  readonly hosts: readonly HostWish[];
  readonly addresses: readonly AddressWish[];
}

/** Under ids that nobody has. */
function wishesOf({ startsAt: from, endsAt: to }: WantedLease, terms: readonly ReservationTerms[]): Wishes {
  const [hosts, addresses]: [HostWish[], AddressWish[]] = [[], []];
  for (const [index, each] of terms.entries()) {
    const id = `planned ${String(index)}`;
    if (wantsAddresses(each)) addresses.push(addressWish(id, each, { from, to }, fresh));
    else hosts.push(hostWish(id, each, { from, to }, fresh));
  }
  return { hosts, addresses };
}

function plannedReservations(
  { ordered }: OfferingCalendar,
  terms: readonly ReservationTerms[],
  hosts: readonly PlannedHosts[],
  addresses: readonly AddressOffer[],
): PlannedReservation[] {
  const names = new Map(ordered.map(({ facts }) => [facts.id, facts.hypervisorHostname]));
  const [nextHosts, nextAddress] = [hosts.values(), addresses.values()];
  return terms.map((each): PlannedReservation => {
    const { resourceType } = each;
    if (wantsAddresses(each)) {
      const {
        fits,
        available,
        addresses: its,
      } = nextAddress.next().value ?? { fits: false, available: 0, addresses: [] };
      return {
        ...{ resourceType, fits, hosts: [], addresses: its.map(({ address }) => address) },
        ...{ wanted: each.amount, available, obstacles: [] },
      };
    }
    const its = nextHosts.next().value;
    const { fits, shares, wanted, available, obstacles } = its ?? nothing;
    return {
      ...{ resourceType, fits, addresses: [], wanted, available },
      hosts: shares.map(({ hostId, slots }) => ({
        hostId,
        hostname: names.get(hostId) ?? '',
        slots: slots?.count ?? null,
      })),
      obstacles: obstacles.map(({ host: { facts }, obstacle }) => ({
        hostId: facts.id,
        hostname: facts.hypervisorHostname,
        obstacle,
      })),
    };
  });
}

const nothing: PlannedHosts = { fits: false, shares: [], wanted: 0, available: 0, obstacles: [] };
