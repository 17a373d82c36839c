import type { ReadStore } from '#read-store';
import type { Timer, Timers } from '#timers';
import type { Process } from '../process.port.js';
import { instancesName, readState, type InstanceDocument } from './instances.js';

/** Instances looked at between two turns of the event loop. */
const page = 1_000;

/** Compares what the instances of a process imply with what is pending, and arms what is missing. Answers how many. */
export async function sweepProcess(process: Process, readStore: ReadStore, timers: Timers): Promise<number> {
  if (process.timers === undefined) return 0;
  const collection = readStore.collection<InstanceDocument>({ name: instancesName(process), indexes: [] });
  let armed = 0;
  let after: { readonly values: readonly []; readonly _id: string } | undefined;
  for (;;) {
    const documents = await collection.find(after === undefined ? { limit: page } : { limit: page, after });
    const wanted = new Map<string, Timer>();
    for (const { state } of documents) {
      for (const timer of process.timers(readState(state))) wanted.set(timer.id, timer);
    }
    armed += await armMissing(wanted, timers);
    const last = documents.at(-1);
    if (documents.length < page || last === undefined) return armed;
    after = { values: [], _id: last._id };
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function armMissing(wanted: ReadonlyMap<string, Timer>, timers: Timers): Promise<number> {
  if (wanted.size === 0) return 0;
  const pending = await timers.pending([...wanted.keys()]);
  const missing = [...wanted.values()].filter(({ id }) => !pending.has(id));
  if (missing.length > 0) await timers.schedule(missing);
  return missing.length;
}
