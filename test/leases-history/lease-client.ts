import { ask, type Heard } from '../ask.js';
import type { ServerInTurns } from '../server-in-turns.js';
import type { Booking, Operation, ShownLease, Window } from './history.type.js';

const minute = 60_000;

/** As the reservation API takes it. */
export function dateText(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}

/** As it shows it: without a zone. */
export function timeOf(text: string): number {
  return Date.parse(`${text.slice(0, 23)}Z`);
}

export function shownLease(lease: Record<string, unknown>): ShownLease {
  const { id, name, status, start_date: from, end_date: to } = lease as Record<string, string>;
  return {
    id: id ?? '',
    name: name ?? '',
    status: status ?? '',
    window: { from: timeOf(from ?? ''), to: timeOf(to ?? '') },
  };
}

interface ShownAllocation {
  readonly resource_id: string;
  readonly reservations: readonly {
    readonly lease_id: string;
    readonly start_date: string;
    readonly end_date: string;
  }[];
}

export function shownBookings(body: Heard['body'], nameOf: ReadonlyMap<string, string>): readonly Booking[] {
  return ((body.allocations ?? []) as readonly ShownAllocation[]).flatMap(({ resource_id: id, reservations }) =>
    reservations.map(({ lease_id: leaseId, start_date: from, end_date: to }) => ({
      host: nameOf.get(id) ?? id,
      leaseId,
      window: { from: timeOf(from), to: timeOf(to) },
    })),
  );
}

type Unsigned = Operation extends infer O ? (O extends Operation ? Omit<O, 'client' | 'heardAt'> : never) : never;

interface Mine {
  readonly id: string;
  window: Window;
  max: number;
}

/** A client of the reservation face that keeps book of everything. */
export class LeaseClient {
  private readonly mine: Mine[] = [];
  private made = 0;

  constructor(
    private readonly number: number,
    private readonly server: ServerInTurns,
    private readonly token: () => Promise<string>,
    private readonly nameOf: ReadonlyMap<string, string>,
    private readonly random: () => number,
    private readonly book: Operation[],
  ) {}

  async work(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) await this.step();
  }

  private async step(): Promise<void> {
    const dice = this.random();
    const lease = this.mine[this.below(this.mine.length)];
    if (dice < 0.45 || lease === undefined) return this.create();
    if (dice < 0.75) return this.change(lease);
    if (dice < 0.92) return this.remove(lease);
    if (dice < 0.95) return this.look();
    if (dice < 0.97) return this.other('GET', `/v1/leases/${lease.id}`);
    if (dice < 0.98) return this.other('PUT', `/v1/leases/${lease.id}`, { before_end_date: '2001-01-01 00:00' });
    return this.other('GET', '/v1/leases');
  }

  /** Mostly of the next hours, close together; some begin now. */
  private window(): Window {
    const now = Math.floor(Date.now() / minute) * minute;
    const from = this.random() < 0.15 ? now : now + (2 + this.below(240)) * minute;
    return { from, to: from + (2 + this.below(120)) * minute };
  }

  private async create(): Promise<void> {
    const name = `lease-${String(this.number)}-${String((this.made += 1))}`;
    const window = this.window();
    const min = 1 + this.below(4);
    const max = min + this.below(12);
    const reservation = {
      resource_type: 'physical:host',
      min,
      max,
      hypervisor_properties: '',
      resource_properties: '',
    };
    const body = { name, ...dates(window), reservations: [reservation], events: [] };
    const sentAt = performance.now();
    const heard = await this.ask('POST', '/v1/leases', body);
    const leaseId = (heard?.body.lease as { id: string } | undefined)?.id;
    if (leaseId !== undefined) this.mine.push({ id: leaseId, window, max });
    this.note({ kind: 'create', name, window, min, max, leaseId, sentAt, answered: heard?.status });
  }

  /** Moved, prolonged or shortened; now and then it may have more hosts. */
  private async change(lease: Mine): Promise<void> {
    const { from, to } = lease.window;
    const dice = this.random();
    const shift = (1 + this.below(60)) * minute;
    const window =
      dice < 0.35
        ? { from: from + shift, to: to + shift }
        : dice < 0.7
          ? { from, to: to + shift }
          : { from, to: Math.max(from + minute, to - shift) };
    const sentAt = performance.now();
    const heard = await this.ask('PUT', `/v1/leases/${lease.id}`, dates(window));
    if (heard !== undefined && heard.status < 300) lease.window = window;
    this.note({ kind: 'change', leaseId: lease.id, window, max: lease.max, sentAt, answered: heard?.status });
  }

  private async remove(lease: Mine): Promise<void> {
    const sentAt = performance.now();
    const heard = await this.ask('DELETE', `/v1/leases/${lease.id}`);
    if (heard !== undefined && (heard.status < 300 || heard.status === 404))
      this.mine.splice(this.mine.indexOf(lease), 1);
    this.note({ kind: 'delete', leaseId: lease.id, sentAt, answered: heard?.status });
  }

  private async look(): Promise<void> {
    const sentAt = performance.now();
    const heard = await this.ask('GET', '/v1/os-hosts/allocations');
    const bookings = heard?.status === 200 ? shownBookings(heard.body, this.nameOf) : [];
    this.note({ kind: 'look', bookings, sentAt, answered: heard?.status });
  }

  private async other(method: 'GET' | 'PUT', path: string, body?: unknown): Promise<void> {
    const sentAt = performance.now();
    const heard = await this.ask(method, path, body);
    this.note({ kind: 'other', what: `${method} ${path}`, sentAt, answered: heard?.status });
  }

  private async ask(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<Heard | undefined> {
    const headers = { 'x-auth-token': await this.token(), 'content-type': 'application/json' };
    return ask(await this.server.url(), method, path, headers, body === undefined ? undefined : JSON.stringify(body));
  }

  private note(operation: Unsigned): void {
    this.book.push({ ...operation, client: this.number, heardAt: performance.now() });
  }

  private below(bound: number): number {
    return Math.floor(this.random() * bound);
  }
}

function dates({ from, to }: Window): { readonly start_date: string; readonly end_date: string } {
  return { start_date: dateText(from), end_date: dateText(to) };
}
