import { describe, expect, it } from '@jest/globals';
import { MemoryEventStore } from '#event-store/adapters/memory';
import { MemoryVault, StoreCommandExecutor } from '#runtime';
import { sampleContext, VirtualClock } from '#specs';
import type { LoginRefused } from './login-refusals.events.js';
import { RefusalJournal } from './refusal-journal.js';

function journal(more = {}) {
  const clock = new VirtualClock();
  const store = new MemoryEventStore({ clock });
  const executor = new StoreCommandExecutor({ store, vault: new MemoryVault() });
  const written = (): LoginRefused['data'][] =>
    store.log.events.map((event) => JSON.parse(event.data) as LoginRefused['data']);
  return { clock, store, written, journal: new RefusalJournal(executor, clock, { windowMs: 60_000, ...more }) };
}

const of = (userId: string | null) => ({ userId, method: 'password' as const });
const from = (clientAddress: string) => sampleContext({ clientAddress });

describe('the journal of refused logins', () => {
  it('writes the first of a user and address at once, and further ones as a sum', async () => {
    const { clock, written, journal: on } = journal();
    const start = clock.now();
    await on.note(of('u'), from('a'));
    expect(written()).toEqual([{ userId: 'u', method: 'password', count: 1, firstAt: start, lastAt: start }]);
    for (let n = 0; n < 5; n += 1) {
      await clock.advance(1_000);
      await on.note(of('u'), from('a'));
    }
    expect(written()).toHaveLength(1);
    await on.flush();
    expect(written()[1]).toEqual({
      userId: 'u',
      method: 'password',
      count: 5,
      firstAt: start + 1_000,
      lastAt: start + 5_000,
    });
    await on.flush();
    expect(written()).toHaveLength(2);
  });

  it('a new window writes the sums of the old one', async () => {
    const { clock, written, journal: on } = journal();
    await on.note(of('u'), from('a'));
    await on.note(of('u'), from('a'));
    await clock.advance(60_000);
    await on.note(of('u'), from('a'));
    expect(written().map((event) => event.count)).toEqual([1, 1, 1]);
    await on.flush();
  });

  it('an attack of any size is a bounded number of events that counts all of it', async () => {
    const { written, journal: on } = journal({ eventsPerWindow: 3, pairsPerWindow: 10 });
    for (let n = 0; n < 200; n += 1) await on.note(of(String(n)), from(String(n)));
    expect(written()).toHaveLength(3);
    await on.flush();
    expect(written().length).toBeLessThanOrEqual(7);
    expect(written().reduce((sum, event) => sum + event.count, 0)).toBe(200);
    expect(written().at(-1)?.userId).toBeNull();
  });

  it('keeps addresses sealed', async () => {
    const { store, journal: on } = journal();
    await on.note(of('u'), from('192.0.2.99'));
    await on.note(of('u'), from('192.0.2.99'));
    await on.flush();
    expect(JSON.stringify(store.log.events)).not.toContain('192.0.2.99');
  });

  it('a log that takes nothing changes no answer', async () => {
    const { store, journal: on } = journal();
    await store.close();
    await expect(on.note(of('u'), from('a'))).resolves.toBeUndefined();
    await on.flush();
  });
});
