import { setImmediate as othersFirst } from 'node:timers/promises';
import { jsonText, type Field } from '../json-text.js';
import type { Summary } from './summary.view.js';

/** Milliseconds of work before others get their turn. */
const longestTurn = 10;

/** As jsonText would write it, in turns. */
export async function summaryText({ days, row, before, after }: Summary): Promise<string> {
  const rows: string[] = [];
  let turn = performance.now();
  for (const date of days) {
    rows.push(`    ${jsonText(row(date), '    ')}`);
    if (performance.now() - turn < longestTurn) continue;
    await othersFirst();
    turn = performance.now();
  }
  const daily = `  "daily": [\n${rows.join(',\n')}\n  ]`;
  return `{\n${[...before.map(member), daily, ...after.map(member)].join(',\n')}\n}`;
}

function member([name, value]: Field): string {
  return `  ${JSON.stringify(name)}: ${jsonText(value, '  ')}`;
}
