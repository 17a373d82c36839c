import { everything } from '../../../contract/store-under-test.js';
import { verifyLog } from '../../../verify-log.js';
import { EmbeddedEventStore } from '../embedded-event-store.js';
import { CrashWriter, type AcknowledgedEvent } from './crash-writer.js';

/** How a log compares with what was acknowledged. */
export interface LogComparison {
  readonly stored: number;
  /** Acknowledged, and not at its place. */
  readonly lost: readonly AcknowledgedEvent[];
  /** Ids that the log holds more than once. */
  readonly duplicated: readonly string[];
  /** What verifying found, and what opening had to say. */
  readonly findings: readonly string[];
  readonly openMs: number;
}

export interface CrashReport {
  readonly acknowledged: number;
  readonly stored: number;
  readonly lost: readonly AcknowledgedEvent[];
  readonly duplicated: readonly string[];
  readonly findings: readonly string[];
  readonly slowestOpenMs: number;
}

/** What opening may say after a kill: it came between the two writes of the frame that would have ended a change. */
const TORN_END = 'ends in a change that is not whole';

/** Kills a process with 16 writers on one log at random moments, and compares after each time. */
export async function crashRounds(path: string, rounds: number, random: () => number): Promise<CrashReport> {
  const acknowledged: AcknowledgedEvent[] = [];
  const comparisons: LogComparison[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const writer = await CrashWriter.start(path, 16, `r${round}-w`);
    await new Promise((resolve) => setTimeout(resolve, 20 + random() * 300));
    await writer.kill();
    acknowledged.push(...writer.acknowledged);
    comparisons.push(await compareLog(path, acknowledged));
  }
  return {
    acknowledged: acknowledged.length,
    stored: comparisons.at(-1)?.stored ?? 0,
    lost: comparisons.flatMap(({ lost }) => lost),
    duplicated: comparisons.flatMap(({ duplicated }) => duplicated),
    findings: comparisons.flatMap(({ findings }) => findings).filter((finding) => !finding.includes(TORN_END)),
    slowestOpenMs: Math.max(...comparisons.map(({ openMs }) => openMs)),
  };
}

/** Opens a log that nobody uses and compares it with what was acknowledged. */
export async function compareLog(path: string, acknowledged: readonly AcknowledgedEvent[]): Promise<LogComparison> {
  const findings: string[] = [];
  const began = performance.now();
  const store = await EmbeddedEventStore.open({ path, onNotice: (notice) => findings.push(notice) });
  const openMs = performance.now() - began;
  try {
    const events = await everything(store);
    const places = new Map(events.map(({ stream, revision, id }) => [`${stream}@${revision}`, id]));
    const lost = acknowledged.filter(({ stream, revision, id }) => places.get(`${stream}@${revision}`) !== id);
    const seen = new Set<string>();
    const duplicated = events.filter(({ id }) => seen.size === seen.add(id).size).map(({ id }) => id);
    const verified = await verifyLog(store, undefined, { consecutive: true });
    findings.push(...verified.findings.map(({ text }) => text));
    return { stored: events.length, lost, duplicated, findings, openMs };
  } finally {
    await store.close();
  }
}
