import type { EnrolledHost, HeldReservation, HostCalendarEvent, HostShare } from './host-calendar.events.js';

interface Has {
  readonly reservationId: string;
  readonly attempt: string | null;
  readonly from: number;
  readonly to: number;
  readonly slots: HostShare['slots'];
}

/** A calendar as somebody would tell it who reads its events one by one and looks at every pair of bookings. */
export class CalendarModel {
  readonly wrong: string[] = [];
  private readonly hosts = new Map<string, EnrolledHost>();
  private readonly confirmed = new Map<string, HeldReservation>();
  private readonly holds = new Map<string, Map<string, HeldReservation>>();
  private readonly over = new Set<string>();

  read({ type, data }: HostCalendarEvent): void {
    switch (type) {
      case 'HostEnrolled':
        if (this.hosts.has(data.hostId)) this.wrong.push(`${data.hostId} twice`);
        this.hosts.set(data.hostId, data.host);
        break;
      case 'HostWithdrawn':
        if (this.on(data.hostId).length > 0) this.wrong.push(`${data.hostId} withdrawn with bookings`);
        this.hosts.delete(data.hostId);
        break;
      case 'HostsHeld':
        if (this.over.has(data.attempt)) this.wrong.push(`${data.attempt} held again`);
        for (const { reservationId } of data.reservations) {
          const others = [...this.holds.values()].filter((held) => held.has(reservationId));
          if (others.length > 0) this.wrong.push(`${reservationId} held for twice`);
        }
        this.holds.set(data.attempt, new Map(data.reservations.map((held) => [held.reservationId, held])));
        break;
      case 'HoldConfirmed':
        for (const [id, held] of this.holds.get(data.attempt) ?? []) {
          if (held.shares.length > 0) this.confirmed.set(id, held);
          else this.confirmed.delete(id);
        }
        this.settle(data.attempt);
        break;
      case 'HoldReleased':
        this.settle(data.attempt);
        break;
      case 'AllocationsReleased':
        for (const id of data.reservationIds) {
          this.confirmed.delete(id);
          for (const [attempt, held] of this.holds) if (held.delete(id) && held.size === 0) this.settle(attempt);
        }
        break;
      default:
    }
    for (const [hostId, host] of this.hosts) this.check(hostId, host);
  }

  /** Every booking as `host reservation attempt from to count`, in order. */
  get bookings(): string[] {
    return [...this.hosts.keys()].flatMap((hostId) => this.on(hostId).map((has) => bookingText(hostId, has))).sort();
  }

  private settle(attempt: string): void {
    if (!this.holds.delete(attempt)) this.wrong.push(`${attempt} settled without a hold`);
    this.over.add(attempt);
  }

  private on(hostId: string): Has[] {
    const all = [...this.confirmed.values()].map((held) => [null, held] as const);
    const held = [...this.holds].flatMap(([attempt, of]) => [...of.values()].map((each) => [attempt, each] as const));
    return [...all, ...held].flatMap(([attempt, { reservationId, window, shares }]) =>
      shares
        .filter((share) => share.hostId === hostId)
        .map(({ slots }) => ({ reservationId, attempt, ...window, slots })),
    );
  }

  /** Whichever holds are confirmed and whichever released, nobody meets another on a host. */
  private check(hostId: string, { vcpus }: EnrolledHost): void {
    const all = this.on(hostId);
    for (const [index, one] of all.entries()) {
      for (const other of all.slice(index + 1)) {
        const meet = one.from < other.to && other.from < one.to && one.reservationId !== other.reservationId;
        if (meet && (one.slots === null || other.slots === null)) {
          this.wrong.push(`${bookingText(hostId, one)} meets ${bookingText(hostId, other)}`);
        }
      }
      const used = new Map<string, number>();
      for (const { reservationId, from, to, slots } of all) {
        if (slots === null || one.from < from || one.from >= to) continue;
        const amount = slots.count * (slots.needs.find(({ resource }) => resource === 'VCPU')?.amount ?? 0);
        used.set(reservationId, Math.max(amount, used.get(reservationId) ?? 0));
      }
      const sum = [...used.values()].reduce((total, amount) => total + amount, 0);
      if (sum > vcpus) this.wrong.push(`${hostId} has ${String(vcpus)}, used ${String(sum)} at ${String(one.from)}`);
    }
  }
}

export function bookingText(hostId: string, { reservationId, attempt, from, to, slots }: Has): string {
  return [hostId, reservationId, attempt, from, to, slots?.count ?? 'whole'].join(' ');
}
