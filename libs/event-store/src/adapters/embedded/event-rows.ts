import { crc32 } from 'node:zlib';
import { CorruptEvent } from '../../corrupt-event.js';
import type { RecordedEvent } from '../../port.js';
import type { Database, Statement } from './sqlite.js';

/** The columns of an event as every reading statement selects them. */
export const EVENT_COLUMNS = 'position, stream, revision, recorded_at, checksum, type, id, data, metadata';
export type EventRow = [number, number, number, number, number, number, string, string, string];

/** SQLite's pages have no checksums: this one covers all that an event says, so that no flipped byte passes. */
export function checksumOf(event: RecordedEvent): number {
  const { position, stream, revision, recordedAt, id, type, data, metadata } = event;
  return crc32(`${position}\n${stream}\n${revision}\n${recordedAt}\n${id}\n${type}\n${data}\n${metadata}`);
}

/** Turns rows into events and refuses those that are not as they were written. */
export class EventRows {
  private readonly streamName: NameCache;
  private readonly labelName: NameCache;

  constructor(
    database: Database,
    readonly file: string,
  ) {
    this.streamName = new NameCache(database.prepare('SELECT name FROM stream WHERE id = ?'));
    this.labelName = new NameCache(database.prepare('SELECT name FROM label WHERE id = ?'));
  }

  decode(row: unknown): RecordedEvent {
    const [position, streamId, revision, recordedAt, checksum, typeId, id, data, metadata] = row as EventRow;
    const stream = this.streamName.of(streamId);
    const type = this.labelName.of(typeId);
    const event = { position, stream, revision, recordedAt, id, type, data, metadata };
    // A flipped bit can also turn text into bytes of the same spelling.
    const isText = typeof id === 'string' && typeof data === 'string' && typeof metadata === 'string';
    if (!isText || checksumOf(event) !== checksum) {
      throw new CorruptEvent({ file: this.file, position, stream, revision }, 'the event does not fit its checksum');
    }
    return event;
  }
}

/** Names by number. Bounded: when full it begins anew. */
class NameCache {
  private static readonly bound = 65_536;
  private readonly names = new Map<number, string>();

  constructor(private readonly select: Statement) {
    select.pluck();
  }

  of(id: number): string {
    const known = this.names.get(id);
    if (known !== undefined) return known;
    const name = this.select.get(id);
    // Left out of the cache, and never equal to what the checksum was taken over.
    if (typeof name !== 'string') return `(number ${id}, without a name)`;
    if (this.names.size >= NameCache.bound) this.names.clear();
    this.names.set(id, name);
    return name;
  }
}
