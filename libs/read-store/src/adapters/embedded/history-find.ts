import type { Branch, CountPlan, FindPlan } from '../../find-plan.js';
import { Edge, type Key, rankOf } from '../../ordering.js';
import type { Scalar } from '../../port.js';
import { stretchOf } from '../../stretch.js';
import { columnOf, type HistoryTable, indexName, type SqlValue, sqlValue } from './history-schema.js';

export interface Sql {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

/** One branch of a find: walks one index, in its order, from one end of a stretch. */
export function findSql(table: HistoryTable, plan: FindPlan, branch: Branch, limit: number): Sql {
  const where = whereSql(table, plan, branch, plan.descending);
  const direction = plan.descending ? 'DESC' : 'ASC';
  const rest = plan.key.slice(branch.values.length);
  const order =
    rest.length === 0 ? '' : ` ORDER BY ${rest.map((field) => `${columnOf(table, field)} ${direction}`).join(', ')}`;
  return {
    text: `SELECT position, body FROM ${table.name} INDEXED BY ${indexName(table, plan.index)}${where.text}${order} LIMIT ?`,
    values: [...where.values, limit],
  };
}

export function countSql(table: HistoryTable, plan: CountPlan, branch: Branch): Sql {
  const where = whereSql(table, plan, branch, false);
  return {
    text: `SELECT count(*) FROM ${table.name} INDEXED BY ${indexName(table, plan.index)}${where.text}`,
    values: where.values,
  };
}

function whereSql(table: HistoryTable, plan: CountPlan, branch: Branch, descending: boolean): Sql {
  const columns = plan.key.map((field) => columnOf(table, field));
  const fixed = branch.values.length;
  const { low, high } = stretchOf(branch, plan.bounds, descending);
  const conditions = [
    ...branch.values.map((value, n): Sql => ({ text: `${columns[n] ?? 'id'} = ?`, values: [sqlValue(value)] })),
    ...cutSql(low.slice(fixed), columns.slice(fixed), 'above'),
    ...cutSql(high.slice(fixed), columns.slice(fixed), 'below'),
  ];
  if (conditions.length === 0) return { text: '', values: [] };
  return {
    text: ` WHERE ${conditions.map(({ text }) => text).join(' AND ')}`,
    values: conditions.flatMap(({ values }) => values),
  };
}

const [leastText, leastBlob] = ['', Buffer.alloc(0)] as const;
const nothing = sqlValue(null);

/** A cut is some values, then an edge before or behind all that begins so; or an edge between two types. */
function cutSql(cut: Key, columns: readonly string[], side: 'above' | 'below'): readonly Sql[] {
  const end = cut.findIndex((part) => part instanceof Edge);
  const edge = rankOf(cut[end] ?? null);
  const above = side === 'above';
  if (end === 0) {
    const column = columns[0] ?? 'id';
    if (edge === 0.5) return [{ text: `${column} ${above ? '>' : '<='} ?`, values: [nothing] }];
    if (edge === 1.5) return [{ text: `${column} ${above ? '>=' : '<'} ?`, values: [leastText] }];
    if (edge === 2.5) return [{ text: `${column} ${above ? '>=' : '<'} ?`, values: [leastBlob] }];
    return [];
  }
  const behind = edge > 0;
  const operator = above ? (behind ? '>' : '>=') : behind ? '<=' : '<';
  const values = cut.slice(0, end) as readonly Scalar[];
  const row = columns.slice(0, end).join(', ');
  return [{ text: `(${row}) ${operator} (${values.map(() => '?').join(', ')})`, values: values.map(sqlValue) }];
}
