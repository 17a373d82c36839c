import { CorruptEvent } from '../../../corrupt-event.js';
import { LogReader } from '../log-reader.js';
import type { Database } from '../sqlite.js';

/** Events read back, with their checksums, at each start: more than the write-ahead log can hold back. */
const TAIL_EVENTS = 20_000;
/** Beyond so many events only a full check goes over the indexes: about 0.4 s for each million. */
const MAX_EVENTS_FOR_INDEX_CHECK = 4_000_000;

/**
 * Whether the log is of one piece: every position and revision is in the indexes once, and the last events are as written.
 *
 * @param full Also everything else: all events and the engine's own structures. Seconds for each million events.
 * @throws CorruptEvent
 */
export function checkLog(database: Database, file: string, full: boolean): void {
  const reader = new LogReader(database, file);
  const head = reader.head()?.position ?? 0;
  if (full || head <= MAX_EVENTS_FOR_INDEX_CHECK) checkIndexes(database, file, head);
  if (full) checkStructure(database, file);
  // A name that is found no more would make a stream look empty.
  else if (head <= MAX_EVENTS_FOR_INDEX_CHECK)
    for (const table of ['stream', 'label'] as const) checkStructure(database, file, table);
  for (let after = full ? 0 : Math.max(0, head - TAIL_EVENTS); after < head;) {
    const last = reader.batch(after, 1_024).at(-1);
    if (last === undefined) throw new CorruptEvent({ file, position: after + 1 }, 'an event is missing');
    after = last.position;
  }
}

function checkIndexes(database: Database, file: string, head: number): void {
  const byStream = `SELECT stream, count(*) AS events, max(revision) AS last, max(position) AS position
    FROM event INDEXED BY event_by_stream GROUP BY stream`;
  // All in the engine: a row for each of 100,000 streams would cost more than the comparison.
  const summed = database
    .prepare(`SELECT coalesce(sum(events), 0), coalesce(sum(last <> events - 1 OR position > ?), 0) FROM (${byStream})`)
    .raw()
    .get(head) as [number, number];
  if (summed[1] > 0) {
    const name = database
      .prepare(
        `SELECT name FROM (${byStream}) e LEFT JOIN stream s ON s.id = e.stream WHERE last <> events - 1 OR position > ?`,
      )
      .pluck()
      .get(head);
    throw new CorruptEvent({ file, stream: typeof name === 'string' ? name : '(unknown)' }, 'its revisions have gaps');
  }
  if (summed[0] !== head) throw new CorruptEvent({ file, position: head }, `${summed[0]} events are indexed by stream`);
  for (const field of ['type', 'category', 'actor']) {
    const wrong = database
      .prepare(
        `SELECT l.name, l.events, coalesce(e.events, 0) FROM label l LEFT JOIN
           (SELECT ${field} AS id, count(*) AS events FROM event INDEXED BY event_by_${field}
             WHERE ${field} IS NOT NULL GROUP BY ${field}) e ON e.id = l.id
         WHERE l.kind = ? AND l.events <> coalesce(e.events, 0)`,
      )
      .raw()
      .get(field) as [string, number, number] | undefined;
    if (wrong === undefined) continue;
    throw new CorruptEvent({ file }, `${wrong[2]} of ${wrong[1]} events are indexed by ${field} ${wrong[0]}`);
  }
}

/** The engine's own comparison of a table of names with its indexes; without a table: of everything. */
function checkStructure(database: Database, file: string, table?: 'stream' | 'label'): void {
  const found = database.pragma(`integrity_check(${table ?? '1'})`, { simple: true });
  if (found === 'ok') return;
  const what = table === undefined ? '' : `the names of its ${table}s do not fit their index: `;
  throw new CorruptEvent({ file }, `${what}${String(found)}`);
}
