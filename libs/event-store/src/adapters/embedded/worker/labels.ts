import type { Database, Statement } from '../sqlite.js';
import { BoundedMap } from './bounded-map.js';

export type LabelKind = 'type' | 'category' | 'actor';

const REMEMBERED_LABELS = 20_000;

/** The numbers of types, categories and actors, and how many events each has. */
export class Labels {
  private readonly select: Statement;
  private readonly insert: Statement;
  private readonly add: Statement;
  private readonly ids: Readonly<Record<LabelKind, BoundedMap<string, number>>>;
  private readonly uncounted = new Map<number, number>();

  constructor(database: Database) {
    this.select = database.prepare('SELECT id FROM label WHERE kind = ? AND name = ?').pluck();
    this.insert = database.prepare('INSERT INTO label (kind, name, events) VALUES (?, ?, 0)');
    this.add = database.prepare('UPDATE label SET events = events + ? WHERE id = ?');
    const ids = (): BoundedMap<string, number> => new BoundedMap(REMEMBERED_LABELS);
    this.ids = { type: ids(), category: ids(), actor: ids() };
  }

  /** Notes that so many more events have it, and gives its number. */
  count(kind: LabelKind, name: string, events: number): number {
    const id = this.ids[kind].get(name) ?? this.find(kind, name);
    this.uncounted.set(id, (this.uncounted.get(id) ?? 0) + events);
    return id;
  }

  /** Once for each transaction. */
  writeCounts(): void {
    for (const [id, events] of this.uncounted) this.add.run(events, id);
    this.uncounted.clear();
  }

  private find(kind: LabelKind, name: string): number {
    const id =
      (this.select.get(kind, name) as number | undefined) ?? Number(this.insert.run(kind, name).lastInsertRowid);
    this.ids[kind].set(name, id);
    return id;
  }
}
