import type { Append, AppendOutcome, Head, NewEvent } from '../../../port.js';
import { firstRevision } from '../../../serving/limits.js';
import { actorOf } from '../../../serving/matching.js';
import { checksumOf } from '../event-rows.js';
import { LogReader } from '../log-reader.js';
import { categoryOf } from '../posting-lists.js';
import type { Database, Statement } from '../sqlite.js';
import { BoundedMap } from './bounded-map.js';
import { Labels } from './labels.js';

/** Of streams lately written to. */
const REMEMBERED_STREAMS = 100_000;

interface StreamHead {
  readonly id: number;
  /** -1: none yet. */
  revision: number;
}

/** A transaction that failed. Its writer must be given up: what it remembers may be wrong. */
export class WriteFailed extends Error {
  override readonly name = 'WriteFailed';

  constructor(
    readonly mayHaveLanded: boolean,
    override readonly cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause));
  }
}

/** Decides and stores appends, many in one transaction. The only one that writes to the log. */
export class LogWriter {
  private readonly begin: Statement;
  private readonly end: Statement;
  private readonly insertEvent: Statement;
  private readonly insertStream: Statement;
  private readonly selectStream: Statement;
  private readonly reader: LogReader;
  private readonly labels: Labels;
  private readonly heads = new BoundedMap<string, StreamHead>(REMEMBERED_STREAMS);
  private last: Head;

  constructor(
    protected readonly database: Database,
    file: string,
  ) {
    this.begin = database.prepare('BEGIN IMMEDIATE');
    this.end = database.prepare('COMMIT');
    this.insertEvent = database.prepare('INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.insertStream = database.prepare('INSERT INTO stream (name) VALUES (?)');
    this.selectStream = database
      .prepare('SELECT id, (SELECT max(revision) FROM event WHERE stream = stream.id) FROM stream WHERE name = ?')
      .raw();
    this.reader = new LogReader(database, file);
    this.labels = new Labels(database);
    this.last = this.reader.head() ?? { position: 0, recordedAt: 0 };
  }

  /**
   * One durable transaction for all of them; each has its own outcome.
   *
   * @param now Milliseconds since 1970; the recorded time is never below the last one.
   * @throws WriteFailed
   */
  write(appends: readonly Append[], now: number): AppendOutcome[] {
    let committing = false;
    try {
      const recordedAt = Math.max(now, this.last.recordedAt);
      this.begin.run();
      const outcomes = appends.map((append) => this.store(append, recordedAt));
      this.labels.writeCounts();
      committing = true;
      this.commit();
      return outcomes;
    } catch (error) {
      throw new WriteFailed(committing, error);
    }
  }

  /** Its return means: on the disk. */
  protected commit(): void {
    this.end.run();
  }

  private store({ stream, expected, events }: Append, recordedAt: number): AppendOutcome {
    const head = this.headOf(stream);
    const actual = head?.revision ?? -1;
    const first = firstRevision(expected);
    if (actual >= first + events.length - 1) {
      const repeated = this.recognise(stream, first, events);
      if (repeated !== undefined) return repeated;
    }
    if (actual !== first - 1) return { kind: 'conflict', actual: actual === -1 ? 'noStream' : actual };
    const firstPosition = this.last.position + 1;
    const written = head ?? this.createStream(stream);
    const category = this.labels.count('category', categoryOf(stream), events.length);
    for (const event of events) this.insert(stream, written, category, event, recordedAt);
    const { revision } = written;
    return { kind: 'appended', revision, position: this.last.position, firstPosition, recordedAt };
  }

  private insert(stream: string, head: StreamHead, category: number, event: NewEvent, recordedAt: number): void {
    const { id, type, data, metadata } = event;
    const revision = head.revision + 1;
    const position = this.last.position + 1;
    const actor = actorOf(metadata);
    this.insertEvent.run(
      position,
      head.id,
      revision,
      recordedAt,
      checksumOf({ position, stream, revision, recordedAt, id, type, data, metadata }),
      this.labels.count('type', type, 1),
      category,
      actor === null ? null : this.labels.count('actor', actor, 1),
      id,
      data,
      metadata,
    );
    head.revision = revision;
    this.last = { position, recordedAt };
  }

  /** These very events, by id, at that very place. */
  private recognise(stream: string, first: number, events: readonly NewEvent[]): AppendOutcome | undefined {
    const stored = this.reader.stream(stream, { from: first, limit: events.length });
    if (!stored.every(({ id }, index) => id === events[index]?.id)) return undefined;
    const [one, last] = [stored[0], stored.at(-1)];
    if (one === undefined || last === undefined) return undefined;
    const { revision, position, recordedAt } = last;
    return { kind: 'repeated', revision, position, firstPosition: one.position, recordedAt };
  }

  private headOf(stream: string): StreamHead | undefined {
    const known = this.heads.get(stream);
    if (known !== undefined) return known;
    const row = this.selectStream.get(stream) as [number, number | null] | undefined;
    if (row === undefined) return undefined;
    const head = { id: row[0], revision: row[1] ?? -1 };
    this.heads.set(stream, head);
    return head;
  }

  private createStream(stream: string): StreamHead {
    const head = { id: Number(this.insertStream.run(stream).lastInsertRowid), revision: -1 };
    this.heads.set(stream, head);
    return head;
  }
}
