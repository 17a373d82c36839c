import { defaultReservationsSettings, type RawReservation } from '#reservations';
import { CommandExecutor } from '#runtime';
import type { QueryBus } from '@nestjs/cqrs';
import { HostAvailabilities, PlanLease } from '../../libs/reservations/src/contracts.js';
import { hostCalendar } from '../../libs/reservations/src/host-calendar/host-calendar.aggregate.js';
import type { HostCalendarCommand } from '../../libs/reservations/src/host-calendar/host-calendar.commands.js';
import type { HostCalendarEvent } from '../../libs/reservations/src/host-calendar/host-calendar.events.js';
import type { CalendarState } from '../../libs/reservations/src/host-calendar/host-calendar.state.js';
import { AskedReservationsReader } from '../../libs/reservations/src/use-cases/allocation/asked-reservations.js';
import type { LeaseFilters } from '../../libs/reservations/src/use-cases/enforcement/lease-filters.js';
import { HostAvailabilitiesHandler } from '../../libs/reservations/src/use-cases/host-availabilities.handler.js';
import { PlanLeaseHandler } from '../../libs/reservations/src/use-cases/plan-lease.handler.js';
import type { BenchRow } from './bench-row.js';

const hour = 3_600_000;
const began = Date.UTC(2031, 4, 1);
const [hostCount, bookingsEach, barMs] = [1_000, 100, 20];
const partition = 'default';
const about = { partition, at: began };
const sizes = `${hostCount.toLocaleString('en')} hosts × ${String(bookingsEach)} bookings`;

const instanceNeeds = [
  { resource: 'VCPU', amount: 16 },
  { resource: 'MEMORY_MB', amount: 16_384 },
];

/** Each host is booked a hundred times for some hours, with short breaks, no two alike. */
function history(instances: boolean): HostCalendarEvent[] {
  const events: HostCalendarEvent[] = [];
  for (let n = 1; n <= hostCount; n += 1) events.push(enrolled(n));
  for (let n = 1; n <= hostCount; n += 1) {
    for (let k = 0; k < bookingsEach; k += 1) {
      const from = began + (k * 24 + (n % 7)) * hour;
      const id = `reservation-${String(n)}-${String(k)}`;
      const window = { from, to: from + (12 + ((n * 31 + k) % 10)) * hour };
      const shares = [{ hostId: String(n), slots: instances ? { count: 2 + (k % 3), needs: instanceNeeds } : null }];
      const held = { reservationId: id, window, properties: [], shares };
      const decision = { attempt: id, decidedBy: `lease-${id}`, deadline: began, leaseId: id };
      events.push({ type: 'HostsHeld', data: { ...about, ...decision, reservations: [held] } });
      events.push({ type: 'HoldConfirmed', data: { ...about, attempt: id } });
    }
  }
  return events;
}

function enrolled(n: number): HostCalendarEvent {
  const name = `compute-${String(n)}`;
  const host = {
    ...{ hypervisorUuid: `00000000-0000-5000-8000-${String(n).padStart(12, '0')}`, provider: 'simulated' },
    ...{ nativeId: name, serviceName: name, hypervisorHostname: name, hypervisorType: 'QEMU' },
    ...{ hypervisorVersion: 8_002_000, vcpus: n % 2 === 0 ? 64 : 128, memoryMb: 262_144, localGb: 2_048 },
    ...{ cpuInfo: '{}', availabilityZone: '', trustId: '0'.repeat(32) },
  };
  const capabilities = [{ key: 'rack', value: String(n % 40) }];
  return { type: 'HostEnrolled', data: { ...about, hostId: String(n), host, capabilities, reservable: true } };
}

/** A window in which some hosts are free, another one each time. */
function windowOf(n: number): { readonly from: number; readonly to: number } {
  const from = began + ((n % 90) * 24 + 21) * hour;
  return { from, to: from + 4 * hour };
}

function holdOf(n: number): HostCalendarCommand {
  const filter = [
    { operator: '>=', name: 'vcpus', value: '64' },
    { operator: '!=', name: 'rack', value: '7' },
  ] as const;
  const ask = { kind: 'hosts', min: 10, max: 10 } as const;
  const wish = { reservationId: 'wanted', window: windowOf(n), filter, ask, firm: false, grown: false };
  return {
    ...{ type: 'hold', attempt: 'attempt', decidedBy: 'lease-wanted', deadline: began, leaseId: 'wanted', at: began },
    ...{ wishes: [wish], picked: [], cleaningMs: 0, dice: n % 2 === 0 ? null : 0.5 },
  };
}

/** Processor milliseconds of one call: the slowest tenth of many. */
async function milliseconds(seconds: number, call: (n: number) => unknown): Promise<number> {
  for (let n = 0; n < 20; n += 1) await call(n);
  const all: number[] = [];
  const started = performance.now();
  for (let n = 0; performance.now() - started < seconds * 1_000; n += 1) {
    const busy = process.threadCpuUsage();
    await call(n);
    const { user, system } = process.threadCpuUsage(busy);
    all.push((user + system) / 1_000);
  }
  all.sort((one, other) => one - other);
  return all[Math.floor(all.length * 0.9)] ?? Number.NaN;
}

function row(name: string, value: number): BenchRow {
  const bar = `≤ ${String(barMs)} ms`;
  return { name, value: Number(value.toFixed(2)), unit: 'ms CPU (p90)', bar, reached: value <= barMs };
}

function found(state: CalendarState, n: number): void {
  const decided = hostCalendar.decider.decide(holdOf(n), state);
  if (decided.kind === 'refused') throw new Error(decided.code);
}

const instances = (amount: number): RawReservation => ({
  ...{ resource_type: 'virtual:instance', amount, vcpus: 16, memory_mb: 16_384, disk_gb: 20, affinity: null },
  resource_properties: '["!=", "$rack", "7"]',
});

const reservation = (min: number, max: number): RawReservation => ({
  ...{ resource_type: 'physical:host', min, max, hypervisor_properties: '[">=", "$vcpus", "64"]' },
  resource_properties: '["!=", "$rack", "7"]',
});

/** Shows one calendar, whatever is asked for. */
class OneCalendar extends CommandExecutor {
  constructor(private readonly state: CalendarState) {
    super();
  }

  override execute(): never {
    throw new Error('questions change nothing');
  }

  override look<S, T>(_aggregate: unknown, _stream: string, look: (state: Readonly<S>) => T): Promise<T> {
    return Promise.resolve(look(this.state as unknown as Readonly<S>));
  }
}

function handlers(state: CalendarState) {
  const executor = new OneCalendar(state);
  const filters: LeaseFilters = {
    checkCreate: () => Promise.resolve(undefined),
    checkUpdate: () => Promise.resolve(undefined),
    onEnd: () => Promise.resolve(true),
  };
  const settings = defaultReservationsSettings;
  const reader = new AskedReservationsReader({} as QueryBus);
  return {
    plan: new PlanLeaseHandler(executor, reader, filters, settings),
    availabilities: new HostAvailabilitiesHandler(executor, settings),
  };
}

function stateOf(events: readonly HostCalendarEvent[]): CalendarState {
  return events.reduce(hostCalendar.decider.evolve, hostCalendar.decider.initialState());
}

/** Who is free when, of many hosts that are booked often (design §13). */
export async function availabilityRows({ seconds }: { readonly seconds: number }): Promise<BenchRow[]> {
  const [state, shared] = [stateOf(history(false)), stateOf(history(true))];
  const rows = [row(`find 10 free of ${sizes}`, await milliseconds(seconds / 4, (n) => found(state, n)))];
  const { plan, availabilities } = handlers(state);
  const planned = (planner: PlanLeaseHandler, wanted: RawReservation, fits: boolean) => async (n: number) => {
    const { from: startsAt, to: endsAt } = windowOf(n);
    const caller = { userId: 'ada', projectId: 'engines', administrator: false };
    const lease = { name: 'bench', startsAt, endsAt, reservations: [wanted] };
    const answer = await planner.execute(new PlanLease(caller, lease, began));
    if (answer.kind === 'refused' || answer.plan.fits !== fits || answer.plan.nextStartAt === null)
      throw new Error('this plan should have been made');
  };
  const plans: [string, PlanLeaseHandler, RawReservation, boolean][] = [
    ['plan a lease of 10', plan, reservation(10, 20), true],
    ['plan one of 900, and its next start', plan, reservation(900, 900), false],
    ['plan 100 instances', handlers(shared).plan, instances(100), true],
    ['plan 5,700 instances, and their next start', handlers(shared).plan, instances(5_700), false],
  ];
  for (const [name, ...what] of plans) {
    rows.push(row(`${name}, of ${sizes}`, await milliseconds(seconds / 4, planned(...what))));
  }
  const window = { from: began, to: began + (bookingsEach + 1) * 24 * hour };
  const all = async () => {
    const [first] = await availabilities.execute(new HostAvailabilities(window));
    if (first?.busy.length !== bookingsEach) throw new Error('not all is told');
  };
  rows.push(row(`all free and busy times of ${sizes}`, await milliseconds(seconds / 4, all)));
  return rows;
}
