import { setImmediate } from 'node:timers/promises';
import { chainHash } from './chain.js';
import { CorruptEvent } from './corrupt-event.js';
import type { EventStore, RecordedEvent } from './port.js';

/** Something in the log that is not as Leasebook writes it, and where. */
export interface LogFinding {
  readonly kind:
    'position-gap' | 'positions-out-of-order' | 'time-goes-back' | 'revision-gap' | 'broken-chain' | 'unreadable';
  readonly position: number | undefined;
  readonly stream: string | undefined;
  readonly revision: number | undefined;
  /** A sentence for people. */
  readonly text: string;
}

export interface LogVerification {
  readonly events: number;
  readonly streams: number;
  /** In order of positions; at most MAX_FINDINGS. */
  readonly findings: readonly LogFinding[];
}

export interface VerifyOptions {
  /** The store promises consecutive positions (the embedded one). Default: only that they ascend. */
  readonly consecutive?: boolean;
}

export const MAX_FINDINGS = 1_000;
const PAGE_EVENTS = 1_024;

/**
 * Reads the whole log and checks order, completeness and the hash chain of every stream (C19). Memory: one hash per stream.
 *
 * @param onProgress After each page: the position reached, and the last one when verifying began.
 */
export async function verifyLog(
  store: EventStore,
  onProgress: (position: number, last: number) => void = () => undefined,
  options: VerifyOptions = {},
): Promise<LogVerification> {
  const last = (await store.head())?.position ?? 0;
  const check = new LogCheck(options.consecutive === true);
  for (let limit = PAGE_EVENTS; check.position < last && check.findings.length < MAX_FINDINGS;) {
    try {
      const page = await store.readAll({ limit, ...(check.position === 0 ? {} : { after: check.position }) });
      for (const event of page) check.add(event);
      if (page.length === 0) break;
      limit = PAGE_EVENTS;
    } catch (error) {
      if (!(error instanceof CorruptEvent)) throw error;
      // Up to the damaged event in smaller and smaller pages, then on behind it.
      if (limit > 1) limit = Math.max(1, Math.floor(limit / 4));
      else if (!check.skip(error)) break;
    }
    onProgress(check.position, last);
    await setImmediate();
  }
  return { events: check.events, streams: check.streams, findings: check.findings.slice(0, MAX_FINDINGS) };
}

class LogCheck {
  readonly findings: LogFinding[] = [];
  events = 0;
  position = 0;
  private recordedAt = 0;
  private readonly heads = new Map<string, { readonly revision: number; readonly hash: string | undefined }>();

  constructor(private readonly consecutive: boolean) {}

  get streams(): number {
    return this.heads.size;
  }

  add(event: RecordedEvent): void {
    const { position, recordedAt, stream, revision } = event;
    this.events += 1;
    if (position <= this.position) this.find('positions-out-of-order', event, `follows position ${this.position}`);
    else if (this.consecutive && position !== this.position + 1) {
      this.find('position-gap', event, `follows position ${this.position}: events between them are missing`);
    }
    if (recordedAt < this.recordedAt)
      this.find('time-goes-back', event, `was recorded before the event that precedes it`);
    this.position = Math.max(this.position, position);
    this.recordedAt = Math.max(this.recordedAt, recordedAt);
    this.follow(event);
    this.heads.set(stream, { revision, hash: chainHash(event) });
  }

  /** Goes on behind an event that cannot be read; false when it is not known which one that is. */
  skip({ place, message }: CorruptEvent): boolean {
    const { position, stream, revision } = place;
    this.findings.push({ kind: 'unreadable', position, stream, revision, text: message });
    if (position === undefined || position <= this.position) return false;
    this.position = position;
    // What follows it cannot be compared with it.
    if (stream !== undefined && revision !== undefined) this.heads.set(stream, { revision, hash: undefined });
    return true;
  }

  private follow(event: RecordedEvent): void {
    const head = this.heads.get(event.stream);
    const expected = (head?.revision ?? -1) + 1;
    if (event.revision !== expected) {
      this.find('revision-gap', event, `follows revision ${expected - 1}`);
      return;
    }
    if (head !== undefined && head.hash === undefined) return;
    const named = previousOf(event.metadata);
    if (named === (head?.hash ?? null)) return;
    this.find('broken-chain', event, 'does not name the hash of the event before it: one of them was altered');
  }

  private find(kind: LogFinding['kind'], { position, stream, revision }: RecordedEvent, text: string): void {
    const where = `position ${position}, stream ${stream}, revision ${revision}`;
    this.findings.push({ kind, position, stream, revision, text: `${where}: ${text}` });
  }
}

function previousOf(metadata: string): unknown {
  try {
    const parsed: unknown = JSON.parse(metadata);
    return typeof parsed === 'object' && parsed !== null && 'previous' in parsed ? parsed.previous : undefined;
  } catch {
    return undefined;
  }
}
