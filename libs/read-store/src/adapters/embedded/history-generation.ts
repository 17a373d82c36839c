import type { Generation, Reader } from '../../generation.js';
import { fieldReader, validId } from '../../ordering.js';
import {
  type Checkpoint,
  CheckpointConflict,
  type Document,
  type DocumentRef,
  type DocumentWrite,
  InvalidDocument,
  type ProjectionShape,
  refKey,
  type Scalar,
  type Stored,
} from '../../port.js';
import { withoutPosition } from '../../stored.js';
import type { Cell } from './history-protocol.js';
import type { HistoryReader } from './history-reader.js';
import { type HistoryTable, tablesOf } from './history-schema.js';
import type { HistoryWriter } from './history-writer.js';

interface NumberedTable extends HistoryTable {
  readonly ordinal: number;
  readonly readers: readonly ((document: Document) => Scalar)[];
}

/** One generation of a `history` projection: written by the worker, read here. */
export class HistoryGeneration implements Generation {
  private readonly tables: ReadonlyMap<string, NumberedTable>;
  private removed = false;

  constructor(
    readonly number: number,
    readonly shape: ProjectionShape,
    private readonly writer: HistoryWriter,
    private readonly reads: HistoryReader,
  ) {
    this.tables = new Map(
      tablesOf(number, shape).map((table, ordinal) => [
        table.definition.name,
        { ...table, ordinal, readers: table.fields.map(fieldReader) },
      ]),
    );
  }

  async checkpoint(): Promise<Checkpoint | undefined> {
    return this.reads.checkpoint(this.number);
  }

  async getMany(refs: readonly DocumentRef[]): Promise<ReadonlyMap<string, Stored<Document>>> {
    const found = new Map<string, Stored<Document>>();
    for (const ref of refs) {
      const document = this.reads.get(this.table(ref.collection), ref.id);
      if (document) found.set(refKey(ref), document);
    }
    return found;
  }

  async apply(writes: readonly DocumentWrite[], checkpoint: Checkpoint): Promise<void> {
    if (this.removed)
      throw new CheckpointConflict(`projection ${this.shape.name}: this generation was replaced or discarded`);
    const rows: Cell[] = [];
    for (const write of writes) this.append(rows, write);
    await this.writer.ask({ kind: 'apply', generation: this.number, rows, checkpoint });
  }

  /** One index after the other, so that other batches are written between them. */
  async makeSearchable(): Promise<void> {
    while (!this.removed && (await this.writer.ask({ kind: 'addIndex', generation: this.number })) === 1);
  }

  async *dump(): AsyncGenerator<{ readonly collection: string; readonly document: Stored<Document> }> {
    const names = [...this.tables.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    for (const collection of names) {
      for await (const document of this.reads.dump(this.table(collection))) yield { collection, document };
    }
  }

  reader(name: string): Reader {
    const table = this.table(name);
    return {
      get: (id) => this.reads.get(table, id),
      find: (query) => this.reads.find(table, query),
      count: (where) => this.reads.count(table, where),
    };
  }

  /** When no reader can reach it any more. */
  async remove(): Promise<void> {
    this.removed = true;
    this.reads.forget([...this.tables.values()]);
    await this.writer.ask({ kind: 'remove', generation: this.number });
  }

  private append(rows: Cell[], write: DocumentWrite): void {
    const table = this.table(write.collection);
    const id = write.kind === 'put' ? write.document._id : write.id;
    if (!validId(id))
      throw new InvalidDocument(`a document of ${write.collection} has an _id that is no text, empty or not Unicode`);
    rows.push(table.ordinal, write.position, id);
    if (write.kind === 'delete') {
      rows.push(null);
      return;
    }
    rows.push(JSON.stringify(withoutPosition(write.document)));
    for (const read of table.readers) rows.push(read(write.document));
  }

  private table(collection: string): NumberedTable {
    const table = this.tables.get(collection);
    if (!table) throw new InvalidDocument(`projection ${this.shape.name} has no collection ${collection}`);
    return table;
  }
}
