import { setImmediate } from 'node:timers/promises';
import { CorruptEvent } from '../../corrupt-event.js';
import type { EventFilter, Head, ReadAllOptions, ReadStreamOptions, RecordedEvent } from '../../port.js';
import { MAX_PAGE_EVENTS } from '../../serving/limits.js';
import { matching } from '../../serving/matching.js';
import { EVENT_COLUMNS, EventRows } from './event-rows.js';
import { PostingLists, type Span } from './posting-lists.js';
import type { Database, Statement } from './sqlite.js';

/** Text of a batch for subscribers, in characters: with 1 MB events a batch ends early. */
const MAX_BATCH_CHARACTERS = 4 * 1024 * 1024;
/** Candidates looked at in one go while a filter searches; others get their turn in between. */
const CANDIDATES_PER_TURN = 1_024;

/** Reads one log through one connection. Whatever is missing or altered is refused by throwing CorruptEvent. */
export class LogReader {
  private readonly rows: EventRows;
  private readonly postings: PostingLists;
  private readonly statements: Readonly<
    Record<'last' | 'one' | 'forward' | 'backward' | 'byRevision' | 'byRevisionBackward', Statement>
  >;
  private readonly streamId: Statement;
  private readonly lastRevision: Statement;

  constructor(
    database: Database,
    private readonly file: string,
  ) {
    const select = (rest: string): Statement => database.prepare(`SELECT ${EVENT_COLUMNS} FROM event ${rest}`).raw();
    this.rows = new EventRows(database, file);
    this.postings = new PostingLists(database);
    this.statements = {
      last: select('ORDER BY position DESC LIMIT 1'),
      one: select('WHERE position = ?'),
      forward: select('WHERE position > ? ORDER BY position LIMIT ?'),
      backward: select('WHERE position < ? ORDER BY position DESC LIMIT ?'),
      byRevision: select('WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?'),
      byRevisionBackward: select('WHERE stream = ? AND revision <= ? ORDER BY revision DESC LIMIT ?'),
    };
    this.streamId = database.prepare('SELECT id FROM stream WHERE name = ?').pluck();
    this.lastRevision = database.prepare('SELECT max(revision) FROM event WHERE stream = ?').pluck();
  }

  head(): Head | undefined {
    const row = this.statements.last.get();
    return row === undefined ? undefined : this.headOf(row);
  }

  /** Positions have no gaps and time never goes back: about log2(n) look-ups. */
  headAt(moment: number): Head | undefined {
    let found: Head | undefined;
    let [from, to] = [1, this.head()?.position ?? 0];
    while (from <= to) {
      const middle = Math.floor((from + to) / 2);
      const candidate = this.headOf(this.statements.one.get(middle), middle);
      if (candidate.recordedAt <= moment) {
        found = candidate;
        from = middle + 1;
      } else to = middle - 1;
    }
    return found;
  }

  stream(name: string, { from, direction = 'forward', limit = MAX_PAGE_EVENTS }: ReadStreamOptions): RecordedEvent[] {
    const id = this.streamId.get(name) as number | undefined;
    if (id === undefined) return [];
    const last = this.lastRevision.get(id) as number;
    const forward = direction === 'forward';
    const first = forward ? (from ?? 0) : Math.min(from ?? last, last);
    const statement = forward ? this.statements.byRevision : this.statements.byRevisionBackward;
    const page = statement.all(id, first, limit).map((row) => this.rows.decode(row));
    const expected = Math.max(0, Math.min(limit, forward ? last - first + 1 : first + 1));
    if (page.length !== expected) this.missing(name, first + (forward ? page.length : -page.length));
    page.forEach((event, index) => {
      const revision = forward ? first + index : first - index;
      if (event.revision !== revision || event.stream !== name) this.missing(name, revision);
    });
    return page;
  }

  /** What comes next for a subscriber: at most `limit` events, fewer when they are large, none only at the end. */
  batch(after: number, limit: number): RecordedEvent[] {
    const events: RecordedEvent[] = [];
    let characters = 0;
    for (const row of this.statements.forward.iterate(after, limit)) {
      const event = this.rows.decode(row);
      if (event.position !== after + events.length + 1) this.gap(after + events.length + 1);
      events.push(event);
      characters += event.data.length + event.metadata.length;
      if (characters >= MAX_BATCH_CHARACTERS) break;
    }
    return events;
  }

  async all({
    after,
    direction = 'forward',
    limit = MAX_PAGE_EVENTS,
    filter,
  }: ReadAllOptions): Promise<RecordedEvent[]> {
    const forward = direction === 'forward';
    const head = this.head()?.position ?? 0;
    const span = this.spanOf(filter, { from: 1, to: head });
    if (after !== undefined && forward) span.from = Math.max(span.from, after + 1);
    if (after !== undefined && !forward) span.to = Math.min(span.to, after - 1);
    const lists = this.postings.narrowest(filter);
    if (lists === undefined) return this.contiguous(span, forward, limit);

    const matches = matching(filter);
    const page: RecordedEvent[] = [];
    while (page.length < limit && span.from <= span.to) {
      const candidates = lists.next(span, forward, CANDIDATES_PER_TURN);
      const last = candidates.at(-1);
      if (last === undefined) break;
      for (const position of candidates) {
        if (page.length === limit) break;
        const event = this.at(position);
        if (!lists.holds(event)) this.gap(position, 'an index leads to an event that does not belong to it');
        if (matches(event)) page.push(event);
      }
      if (forward) span.from = last + 1;
      else span.to = last - 1;
      if (page.length < limit) await setImmediate();
    }
    return page;
  }

  private contiguous({ from, to }: Span, forward: boolean, limit: number): RecordedEvent[] {
    const expected = Math.max(0, Math.min(limit, to - from + 1));
    if (expected === 0) return [];
    const rows = forward
      ? this.statements.forward.all(from - 1, expected)
      : this.statements.backward.all(to + 1, expected);
    const page = rows.map((row) => this.rows.decode(row));
    for (let index = 0; index < expected; index += 1) {
      const position = forward ? from + index : to - index;
      if (page[index]?.position !== position) this.gap(position);
    }
    return page;
  }

  private spanOf({ recordedFrom, recordedBefore }: EventFilter = {}, whole: Span): Span {
    const span = { ...whole };
    if (recordedFrom !== undefined) span.from = (this.headAt(recordedFrom - 1)?.position ?? 0) + 1;
    if (recordedBefore !== undefined) span.to = this.headAt(recordedBefore - 1)?.position ?? 0;
    return span;
  }

  private at(position: number): RecordedEvent {
    const row = this.statements.one.get(position);
    return row === undefined ? this.gap(position) : this.rows.decode(row);
  }

  private headOf(row: unknown, position?: number): Head {
    if (row === undefined) this.gap(position);
    const { position: at, recordedAt } = this.rows.decode(row);
    return { position: at, recordedAt };
  }

  private gap(position: number | undefined, what = 'an event is missing'): never {
    throw new CorruptEvent({ file: this.file, ...(position === undefined ? {} : { position }) }, what);
  }

  private missing(stream: string, revision: number): never {
    throw new CorruptEvent({ file: this.file, stream, revision }, 'an event is missing');
  }
}
