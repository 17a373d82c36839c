import { MemoryEventStore, MemoryLog } from '#event-store/adapters/memory';
import { MemoryVault, StoreCommandExecutor } from '#runtime';
import { sampleContext } from '#specs';
import { hostCalendar, hostCalendarStream } from './host-calendar.aggregate.js';
import { ask, hours, undecided, wantHosts, wish } from './host-calendar.samples.contract.js';

const stream = hostCalendarStream('north');

/** Servers over one log, each with its own view of it. */
async function servers(count: number): Promise<StoreCommandExecutor[]> {
  const log = new MemoryLog();
  const all = Array.from({ length: count }, () => {
    const store = new MemoryEventStore({ log, exclusive: false });
    return new StoreCommandExecutor({ store, vault: new MemoryVault() });
  });
  await all[0]?.execute(hostCalendar, stream, ask.enrol('1'), sampleContext());
  return all;
}

describe('six simultaneous holds for one host', () => {
  it.each([1, 2, 3, 6])('have exactly one winner, over %d servers', async (count) => {
    const all = await servers(count);
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, (_, n) => {
        const command = ask.hold(`attempt-${String(n)}`, [wish(`r${String(n)}`, wantHosts(1))]);
        return all[n % count]!.execute(hostCalendar, stream, command, sampleContext());
      }),
    );
    const winners = outcomes.flatMap(({ kind }, n) => (kind === 'accepted' ? [n] : []));
    expect(winners).toHaveLength(1);
    const winner = undecided(`attempt-${String(winners[0])}`);
    const losers = outcomes.filter(({ kind }) => kind === 'refused');
    expect(losers.map((each) => each.kind === 'refused' && [each.code, each.facts.holds])).toEqual(
      Array.from({ length: 5 }, () => ['held-by-others', [winner]]),
    );
    const [bookings, elsewhere] = await Promise.all(
      [all[0]!, all.at(-1)!].map((each) =>
        each.look(hostCalendar, stream, ({ ordered }) => ordered[0]?.bookings.map(({ from, to }) => ({ from, to }))),
      ),
    );
    expect([bookings, elsewhere]).toEqual([[hours(10, 20)], [hours(10, 20)]]);
  });
});
