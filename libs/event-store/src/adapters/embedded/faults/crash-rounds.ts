import { everything } from '../../../contract/store-under-test.js';
import { verifyLog } from '../../../verify-log.js';
import { EmbeddedEventStore } from '../embedded-event-store.js';
import { CrashWriter, type AcknowledgedEvent } from './crash-writer.js';

export interface CrashReport {
  readonly acknowledged: number;
  readonly stored: number;
  /** Acknowledged, and not at its place afterwards. */
  readonly lost: readonly AcknowledgedEvent[];
  /** Ids that the log holds more than once. */
  readonly duplicated: readonly string[];
  /** What verifying the log after each round found. */
  readonly findings: readonly string[];
  /** Milliseconds to open the log after a kill. */
  readonly slowestOpenMs: number;
}

/** Kills a process with 16 writers on one log at random moments, and after each time compares the log with what was acknowledged. */
export async function crashRounds(path: string, rounds: number, random: () => number): Promise<CrashReport> {
  const acknowledged: AcknowledgedEvent[] = [];
  const findings: string[] = [];
  let slowestOpenMs = 0;
  let lost: AcknowledgedEvent[] = [];
  let duplicated: string[] = [];
  let stored = 0;
  for (let round = 0; round < rounds; round += 1) {
    const writer = await CrashWriter.start(path, 16, `r${round}-w`);
    await new Promise((resolve) => setTimeout(resolve, 20 + random() * 300));
    await writer.kill();
    acknowledged.push(...writer.acknowledged);

    const began = performance.now();
    const store = await EmbeddedEventStore.open({ path, onNotice: (notice) => findings.push(notice) });
    slowestOpenMs = Math.max(slowestOpenMs, performance.now() - began);
    const events = await everything(store);
    const places = new Map(events.map(({ stream, revision, id }) => [`${stream}@${revision}`, id]));
    lost = lost.concat(acknowledged.filter(({ stream, revision, id }) => places.get(`${stream}@${revision}`) !== id));
    const seen = new Set<string>();
    duplicated = duplicated.concat(events.filter(({ id }) => seen.size === seen.add(id).size).map(({ id }) => id));
    findings.push(...(await verifyLog(store, undefined, { consecutive: true })).findings.map(({ text }) => text));
    stored = events.length;
    await store.close();
  }
  return { acknowledged: acknowledged.length, stored, lost, duplicated, findings, slowestOpenMs };
}
