import type { EventFilter, RecordedEvent } from '../../port.js';
import { actorOf } from '../../serving/matching.js';
import type { Database, Statement } from './sqlite.js';

/** Positions, both ends included. */
export interface Span {
  from: number;
  to: number;
}

/** Ascending positions by one or several values of one indexed field. */
export interface Postings {
  /** The next positions of the span in reading order; none: there are no more. */
  next(span: Span, forward: boolean, count: number): number[];
  /** Whether the index was right about this event. */
  holds(event: RecordedEvent): boolean;
}

type Field = 'type' | 'category' | 'actor';

/** The part of a stream's name that its kind shares. */
export function categoryOf(stream: string): string {
  const dash = stream.indexOf('-');
  return dash === -1 ? stream : stream.slice(0, dash);
}

/** Finds the index that leaves the fewest events to look at. */
export class PostingLists {
  private readonly label: Statement;
  private readonly categories: Statement;
  private readonly stream: Statement;
  private readonly streamPostings: StreamStatements;
  private readonly byField: Readonly<Record<Field, Readonly<Record<'forward' | 'backward', Statement>>>>;

  constructor(database: Database) {
    const prepare = (sql: string): Statement => database.prepare(sql);
    this.label = prepare('SELECT id, events FROM label WHERE kind = ? AND name = ?').raw();
    this.categories = prepare("SELECT id, events, name FROM label WHERE kind = 'category'").raw();
    this.stream = prepare(
      'SELECT id, (SELECT max(revision) FROM event WHERE stream = stream.id) FROM stream WHERE name = ?',
    ).raw();
    this.streamPostings = {
      forward: prepare(
        'SELECT position FROM event WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?',
      ).pluck(),
      backward: prepare(
        'SELECT position FROM event WHERE stream = ? AND revision <= ? ORDER BY revision DESC LIMIT ?',
      ).pluck(),
      at: prepare('SELECT position FROM event WHERE stream = ? AND revision = ?').pluck(),
    };
    const ofField = (field: Field): Record<'forward' | 'backward', Statement> => {
      const from = `SELECT position FROM event INDEXED BY event_by_${field} WHERE ${field} = ? AND position BETWEEN ? AND ?`;
      return {
        forward: prepare(`${from} ORDER BY position LIMIT ?`).pluck(),
        backward: prepare(`${from} ORDER BY position DESC LIMIT ?`).pluck(),
      };
    };
    this.byField = { type: ofField('type'), category: ofField('category'), actor: ofField('actor') };
  }

  /** Undefined: the filter asks for no indexed field. */
  narrowest(filter: EventFilter | undefined): Postings | undefined {
    if (filter === undefined) return undefined;
    const { types, streams, streamPrefix, actor } = filter;
    const choices: { readonly events: number; readonly postings: Postings }[] = [];
    if (streams !== undefined) choices.push(this.ofStreams(streams));
    if (types !== undefined) choices.push(this.ofLabels('type', types, ({ type }) => type));
    if (actor !== undefined) choices.push(this.ofLabels('actor', [actor], ({ metadata }) => actorOf(metadata)));
    if (streamPrefix !== undefined && streamPrefix !== '') choices.push(this.ofPrefix(streamPrefix));
    return choices.sort((a, b) => a.events - b.events)[0]?.postings;
  }

  private ofLabels(field: Field, names: readonly string[], valueOf: (event: RecordedEvent) => string | null): Choice {
    const wanted = new Set(names);
    const found = [...wanted].flatMap((name) => {
      const row = this.label.get(field, name) as [number, number] | undefined;
      return row === undefined ? [] : [row];
    });
    const lists = found.map(([id]) => this.labelList(field, id));
    const holds = (event: RecordedEvent): boolean => wanted.has(valueOf(event) ?? '');
    return { events: sum(found.map(([, events]) => events)), postings: new Union(lists, holds) };
  }

  private ofPrefix(prefix: string): Choice {
    const whole = prefix.includes('-');
    const matches = (name: string): boolean => (whole ? name === categoryOf(prefix) : name.startsWith(prefix));
    const found = (this.categories.all() as [number, number, string][]).filter(([, , name]) => matches(name));
    const lists = found.map(([id]) => this.labelList('category', id));
    const holds = ({ stream }: RecordedEvent): boolean => matches(categoryOf(stream));
    return { events: sum(found.map(([, events]) => events)), postings: new Union(lists, holds) };
  }

  private labelList(field: Field, id: number): List {
    const statements = this.byField[field];
    return ({ from, to }, forward, count) =>
      (forward ? statements.forward : statements.backward).all(id, from, to, count) as number[];
  }

  private ofStreams(names: readonly string[]): Choice {
    const wanted = new Set(names);
    const found = [...wanted].flatMap((name) => {
      const row = this.stream.get(name) as [number, number] | undefined;
      return row === undefined ? [] : [row];
    });
    const lists = found.map(([id, last]) => streamList(this.streamPostings, id, last));
    return {
      events: sum(found.map(([, last]) => last + 1)),
      postings: new Union(lists, ({ stream }) => wanted.has(stream)),
    };
  }
}

type Choice = { readonly events: number; readonly postings: Postings };
type List = (span: Span, forward: boolean, count: number) => number[];
type StreamStatements = Readonly<Record<'forward' | 'backward' | 'at', Statement>>;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Revisions and positions of a stream ascend together, so the place to begin is found by bisection. */
function streamList(statements: StreamStatements, stream: number, last: number): List {
  const firstFrom = (position: number): number => {
    let [from, to] = [0, last + 1];
    while (from < to) {
      const middle = Math.floor((from + to) / 2);
      if ((statements.at.get(stream, middle) as number) >= position) to = middle;
      else from = middle + 1;
    }
    return from;
  };
  return ({ from, to }, forward, count) => {
    const found = forward
      ? statements.forward.all(stream, firstFrom(from), count)
      : statements.backward.all(stream, firstFrom(to + 1) - 1, count);
    return (found as number[]).filter((position) => position >= from && position <= to);
  };
}

class Union implements Postings {
  constructor(
    private readonly lists: readonly List[],
    readonly holds: (event: RecordedEvent) => boolean,
  ) {}

  /** Each list gives its next `count`, so the first `count` of all together are right. */
  next(span: Span, forward: boolean, count: number): number[] {
    const share = Math.max(16, Math.floor(count / Math.max(1, this.lists.length)));
    const merged = this.lists.flatMap((list) => list(span, forward, share));
    merged.sort((a, b) => (forward ? a - b : b - a));
    return this.lists.length > 1 ? merged.slice(0, share) : merged;
  }
}
