import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Groups to run, by the name of their file without `.bench.ts`; empty: all. */
  readonly groups: readonly string[];
  /** Of each measurement. */
  readonly seconds: number;
  /** Of the long log. */
  readonly events: number;
  /** Where the results are written. */
  readonly output: string;
}

export const usage = `npm run bench -- [group …] [--seconds 4] [--events 1000000] [--output bench-results.json]`;

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`--${name} must be a number above 0\n${usage}`);
  return value;
}

export function readOptions(args: readonly string[] = process.argv.slice(2)): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: '4' },
      events: { type: 'string', default: '1000000' },
      output: { type: 'string', default: 'bench-results.json' },
    },
  });
  return {
    groups: positionals,
    seconds: positive('seconds', values.seconds),
    events: positive('events', values.events),
    output: values.output,
  };
}
