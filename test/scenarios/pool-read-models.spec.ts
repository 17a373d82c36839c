import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { MemoryEventStore } from '#event-store/adapters/memory';
import { checkoutCatalog, onDemandCatalog, poolCatalog, vmNameCatalog } from '#pools';
import { createMemoryReadStore } from '#read-store/adapters/memory';
import type { Document, ReadStore } from '#read-store';
import { EventCodec } from '#runtime';
import { projectionsOver, reachedEnd } from '#specs';
import { recordOf, type Vm } from '../../libs/pools/src/pool/vm.state.js';
import { readModels } from '../../projections/index.js';
import type { PoolDocument } from '../../projections/pools/pools.document.js';
import { QueueCounter } from '../../projections/vms/queue-counts.js';
import type { VmDocument } from '../../projections/vms/vms.document.js';
import { deeds, PoolHistory, poolNames, type LoggedEvent, type Work } from './pool-history.js';

const numRuns = fc.readConfigureGlobal().numRuns ?? 60;
const projections = readModels().filter(({ name }) => !['hypervisors', 'aggregates'].includes(name));
const codec = new EventCodec([poolCatalog, checkoutCatalog, onDemandCatalog, vmNameCatalog]);
const metadata = JSON.stringify({
  ...{ envelope: 1, time: '2026-11-21T12:00:00.000Z', facade: 'specs', request: 'req-1', command: 'c', client: null },
  ...{ actor: { user: 'ada', project: null, method: 'system', name: null }, repeatable: false, causation: null },
  ...{ correlation: 'c', previous: null },
});

/** A log that is written piece by piece. */
class Log {
  readonly store = new MemoryEventStore({ clock: { now: () => 0 } });
  private readonly revisions = new Map<string, number>();
  private count = 0;

  async append(events: readonly LoggedEvent[]): Promise<void> {
    for (const { stream, event } of events) {
      this.count += 1;
      const id = `00000000-0000-4000-8000-${String(this.count).padStart(12, '0')}`;
      const expected = this.revisions.get(stream) ?? 'noStream';
      const [outcome] = await this.store.append([
        { stream, expected, events: [{ id, ...codec.encode(event), metadata }] },
      ]);
      expect(outcome?.kind).toBe('appended');
      this.revisions.set(stream, expected === 'noStream' ? 0 : expected + 1);
    }
  }
}

async function dumped(readStore: ReadStore): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const projection of projections) {
    for await (const { collection, document } of (await readStore.open(projection)).dump())
      lines.push(`${collection} ${JSON.stringify(document)}`);
  }
  return lines;
}

/** Each piece is followed as it is written, and in between everything is stopped and started again. */
async function foldedInPieces(pieces: readonly (readonly LoggedEvent[])[]): Promise<ReadStore> {
  const log = new Log();
  const readStore = createMemoryReadStore();
  for (const piece of pieces) {
    const runner = projectionsOver(log.store, readStore, projections);
    await runner.start();
    await log.append(piece);
    for (const { name } of projections) await reachedEnd(runner, name, log.store);
    expect(runner.status().filter(({ state }) => state !== 'live')).toEqual([]);
    await runner.stop();
  }
  return readStore;
}

async function foldedAtOnce(events: readonly LoggedEvent[]): Promise<ReadStore> {
  const log = new Log();
  await log.append(events);
  const readStore = createMemoryReadStore();
  const runner = projectionsOver(log.store, readStore, projections);
  await runner.start();
  await runner.stop();
  return readStore;
}

function piecesOf(events: readonly LoggedEvent[], cuts: readonly number[]): readonly (readonly LoggedEvent[])[] {
  const places = [0, ...cuts.map((cut) => Math.floor(cut * events.length)), events.length].sort((a, b) => a - b);
  return places.slice(1).flatMap((to, index) => (to === places[index] ? [] : [events.slice(places[index], to)]));
}

async function documentsIn<D extends Document>(readStore: ReadStore, projection: string, collection: string) {
  const shape = projections.find(({ name }) => name === projection);
  if (shape === undefined) throw new Error(`there is no read model ${projection}`);
  const found = new Map<string, D>();
  for await (const { collection: of, document } of (await readStore.open(shape)).dump())
    if (of === collection) found.set(document._id, document as unknown as D);
  return found;
}

/** The machine as the pool knows it; what is taken but not confirmed runs already. */
function expected(vm: Vm, pool: string, history: PoolHistory): object {
  const { name: _id, clonedAt: _, tags, ...record } = recordOf(vm, pool);
  const cloning = vm.queue === 'pending' && vm.clonedAt === null;
  const fields = { _id, ...record, tags: Object.entries(tags), cloning };
  const taken = history.attempts.find(({ id, completed }) => completed && id === vm.attempt);
  if (taken === undefined) return { ...fields, queue: vm.queue, tokenHash: vm.checkout?.tokenHash ?? null };
  const { tokenHash, lifetime } = taken.facts;
  return {
    ...{ ...fields, queue: 'running', tokenHash, lifetime: lifetime ?? vm.lifetime },
    checkout: { ...taken.facts, at: expect.any(Number) },
  };
}

async function compareWithPools(readStore: ReadStore, history: PoolHistory): Promise<void> {
  const vms = await documentsIn<VmDocument>(readStore, 'vms', 'vms');
  const pools = await documentsIn<PoolDocument>(readStore, 'pools', 'pools');
  const counts = await new QueueCounter(readStore).current();
  let known = 0;
  for (const of of poolNames) {
    const state = history.pools.get(of);
    const queues = { pending: 0, cloning: 0, ready: 0, held: 0, running: 0, completed: 0 };
    for (const vm of state?.vms.values() ?? []) {
      known += 1;
      const document = vms.get(vm.name);
      expect(document).toMatchObject(expected(vm, of, history));
      queues[document?.queue ?? 'held'] += 1;
      if (document?.cloning === true) queues.cloning += 1;
    }
    const { held: _, ...counted } = queues;
    expect(counts.get(of)).toEqual(counted);
    const { configured, settings, sizeOverride, templateOverride } = state ?? {};
    expect(pools.get(of)).toMatchObject({ configured, settings, sizeOverride, templateOverride });
  }
  expect(vms.size).toBe(known);
}

describe('read models of pools after any history', () => {
  it(
    'are the same when the log is followed with stops in between as when it is folded in one go, and as the pools know it',
    async () => {
      const seen = new Set<string>();
      const property = fc.asyncProperty(
        deeds,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }),
        async (done, cuts) => {
          const history = new PoolHistory();
          for (const deed of done) history.do(deed);
          for (const { event } of history.log) seen.add(event.type);
          const whole = await foldedAtOnce(history.log);
          const inPieces = await foldedInPieces(piecesOf(history.log, cuts));
          expect(await dumped(inPieces)).toEqual(await dumped(whole));
          await compareWithPools(whole, history);
        },
      );
      await fc.assert(property, { numRuns });
      // They were histories: most of what can happen did.
      expect(seen.size).toBeGreaterThan(Math.min(numRuns, 24));
    },
    numRuns * 2_000,
  );

  it('go through a whole life of a machine in these histories', () => {
    const history = new PoolHistory();
    const life: readonly Work[] = ['configure', 'request', 'clone', 'offer', 'checkOut', 'modify', 'return', 'destroy'];
    for (const work of life) history.do({ work, a: 0, b: 2 });
    expect(history.log.map(({ event }) => event.type)).toEqual([
      ...['PoolConfigured', 'VmNameClaimed', 'VmRequested', 'VmCloned', 'VmReady', 'VmsCheckedOut', 'VmModified'],
      ...['VmsRetired', 'VmDestroyed', 'VmNameRetired'],
    ]);
  });
});
