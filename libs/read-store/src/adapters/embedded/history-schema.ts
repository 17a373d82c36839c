import type { Checkpoint, CollectionDefinition, IndexDefinition, ProjectionShape, Scalar } from '../../port.js';
import { keyOf } from '../../find-plan.js';

/** A file with another number is thrown away, and its read models are rebuilt. */
export const schemaVersion = 1;

/**
 * Columns for ids and indexed values have no type: SQLite would convert what it compares with. Its order is
 * numbers < texts (by their bytes) < blobs, so null is stored as -∞ and booleans as blobs: no column is ever NULL, and
 * row values can be compared.
 */
export const metaTables = `
  CREATE TABLE IF NOT EXISTS projections (name TEXT PRIMARY KEY, shape TEXT NOT NULL, generation INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS generations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, tables INTEGER NOT NULL, checkpoint TEXT);
  CREATE TABLE IF NOT EXISTS counts (name TEXT PRIMARY KEY, documents INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS tombstones (generation INTEGER, collection INTEGER, id, position INTEGER, PRIMARY KEY (generation, collection, id)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS blobs (key TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
`;

/** One collection of one generation as a table. */
export interface HistoryTable {
  readonly name: string;
  readonly definition: CollectionDefinition;
  /** Indexed fields besides `_id`, in the order of their columns c0, c1, … */
  readonly fields: readonly string[];
}

export const tableName = (generation: number, ordinal: number): string => `g${generation}_${ordinal}`;

export function tablesOf(generation: number, { collections }: ProjectionShape): readonly HistoryTable[] {
  return collections.map((definition, ordinal) => ({
    name: tableName(generation, ordinal),
    definition,
    fields: [...new Set(definition.indexes.flatMap(({ fields }) => fields))].filter((field) => field !== '_id'),
  }));
}

export const columnOf = ({ fields }: HistoryTable, field: string): string =>
  field === '_id' ? 'id' : `c${fields.indexOf(field)}`;

export function indexName(table: HistoryTable, index: IndexDefinition | undefined): string {
  return index ? `${table.name}_i${table.definition.indexes.indexOf(index)}` : `${table.name}_id`;
}

/** With the indexes that writes need: by id, and the unique ones. Finds need the others as well. */
export function createTable(table: HistoryTable): string {
  const columns = table.fields.map((_, n) => `, c${n} NOT NULL`).join('');
  const watching = table.definition.indexes.filter(({ unique }) => unique === true);
  return `
    CREATE TABLE ${table.name} (id NOT NULL, position INTEGER NOT NULL, body TEXT NOT NULL${columns});
    CREATE UNIQUE INDEX ${indexName(table, undefined)} ON ${table.name} (id);
    ${watching.map((index) => createIndex(table, index)).join('\n')}
    INSERT INTO counts VALUES ('${table.name}', 0);
  `;
}

export function createIndex(table: HistoryTable, index: IndexDefinition): string {
  const key = keyOf(index).filter((field) => !index.unique || field !== '_id');
  const over = key.map((field) => columnOf(table, field)).join(', ');
  return `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX IF NOT EXISTS ${indexName(table, index)} ON ${table.name} (${over});`;
}

export type SqlValue = string | number | Buffer;

const booleans = { false: Buffer.of(0), true: Buffer.of(1) } as const;

export function sqlValue(value: Scalar): SqlValue {
  if (value === null) return -Infinity;
  return typeof value === 'boolean' ? booleans[`${value}`] : value;
}

export const checkpointText = (checkpoint: Checkpoint): string => JSON.stringify(checkpoint);
export const checkpointOf = (text: string | null | undefined): Checkpoint | undefined =>
  typeof text === 'string' ? (JSON.parse(text) as Checkpoint) : undefined;
