import { describe, expect, it } from '@jest/globals';
import { MemoryEventStore, type MemoryLog } from '#event-store/adapters/memory';
import { createMemoryReadStore } from '#read-store/adapters/memory';
import type { ReadStore } from '#read-store';
import { projectionsOver, reachedEnd, seededRandom } from '#specs';
import { readModels } from '../../projections/index.js';
import { simulatedLog } from '../simulation/leases/run-simulation.js';

const first = Number(process.env.LEASEBOOK_TEST_SEED ?? 11);
const projections = readModels();
const ofLeases = ['leases', 'allocations', 'reservableHosts', 'resourceProperties', 'floatingIps'];

async function documents(readStore: ReadStore): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const projection of projections) {
    const lines: string[] = [];
    for await (const { collection, document } of (await readStore.open(projection)).dump())
      lines.push(`${collection} ${JSON.stringify(document)}`);
    found.set(projection.name, lines);
  }
  return found;
}

/** Followed piece by piece, with a stop and a start in between. */
async function folded(
  { events }: MemoryLog,
  pieces: readonly number[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const readStore = createMemoryReadStore();
  const store = new MemoryEventStore({ clock: { now: () => 0 } });
  let done = 0;
  for (const end of pieces) {
    const runner = projectionsOver(store, readStore, projections);
    await runner.start();
    for (const { stream, id, type, data, metadata, revision } of events.slice(done, end)) {
      const expected = revision === 0 ? 'noStream' : revision - 1;
      await store.append([{ stream, expected, events: [{ id, type, data, metadata }] }]);
    }
    for (const { name } of projections) await reachedEnd(runner, name, store);
    expect(runner.status().filter(({ state }) => state !== 'live')).toEqual([]);
    await runner.stop();
    done = end;
  }
  return documents(readStore);
}

describe(`read models of a month of leases with seed ${String(first)}`, () => {
  it('are the same whether they followed it, with stops in between, or were made at its end', async () => {
    const log = await simulatedLog(first);
    const names = new Set(log.events.map(({ type }) => /^[^/]+\/(.*)@\d+$/.exec(type)?.[1]));
    for (const what of ['LeaseUpdated', 'ReservationHealed', 'LeaseEnded', 'LeaseDeleted', 'AllocationsReleased'])
      expect(names).toContain(what);
    const random = seededRandom(first);
    const cuts = Array.from({ length: 4 }, () => Math.floor(random() * log.events.length));
    const followed = await folded(log, [...cuts.sort((a, b) => a - b), log.events.length]);
    const atOnce = await folded(log, [log.events.length]);
    for (const name of ofLeases) expect(projections.map((each) => each.name)).toContain(name);
    for (const [name, lines] of atOnce) expect([name, followed.get(name)]).toEqual([name, lines]);
    expect(atOnce.get('leases')?.length).toBeGreaterThan(0);
  }, 120_000);
});
