import { readdirSync, writeFileSync } from 'node:fs';
import type { BenchRow } from './bench-row.js';
import { readOptions, usage, type BenchOptions } from './options.js';
import { machine, table } from './print.js';

/** A group is a file `<group>.bench.ts` here; whatever it exports under a name that ends with `Rows` is run. */
type Group = (options: BenchOptions) => Promise<readonly BenchRow[]>;

function groupNames(): readonly string[] {
  return readdirSync(new URL('.', import.meta.url))
    .flatMap((file) => /^(.+)\.bench\.ts$/.exec(file)?.[1] ?? [])
    .sort();
}

async function load(name: string): Promise<readonly Group[]> {
  const exported = (await import(new URL(`./${name}.bench.js`, import.meta.url).href)) as Record<string, unknown>;
  const groups = Object.entries(exported).filter(([key, value]) => key.endsWith('Rows') && typeof value === 'function');
  if (groups.length === 0) throw new Error(`${name}.bench.ts exports nothing to run`);
  return groups.map(([, group]) => group as Group);
}

async function run(options: BenchOptions): Promise<void> {
  const known = groupNames();
  const unknown = options.groups.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`no such group: ${unknown.join(', ')} (there are ${known.join(', ')})\n${usage}`);
  const before = machine();
  const results: { group: string; rows: readonly BenchRow[] }[] = [];
  for (const group of options.groups.length > 0 ? options.groups : known) {
    console.error(`${group} …`);
    const rows: BenchRow[] = [];
    // One after the other: measured beside another, nothing means anything.
    for (const each of await load(group)) rows.push(...(await each(options)));
    console.log(`\n${group}\n${table(rows)}`);
    results.push({ group, rows });
    // After each group, so that what was measured is kept when a later one fails.
    const content = { date: new Date().toISOString(), machine: before, loadAfterwards: machine().load, results };
    writeFileSync(options.output, `${JSON.stringify(content, undefined, 2)}\n`);
  }
  const missed = results.flatMap(({ rows }) => rows.filter(({ reached }) => reached === false));
  console.log(`\n${String(missed.length)} bars missed; written to ${options.output}`);
}

await run(readOptions());
process.exit();
