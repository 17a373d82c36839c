import { cpus, loadavg, totalmem } from 'node:os';
import { execFileSync } from 'node:child_process';
import type { BenchRow } from './bench-row.js';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly node: string;
  readonly kernel: string;
  /** Of the minute before: other work on the machine makes every figure worse. */
  readonly load: number;
}

export function machine(): Machine {
  const all = cpus();
  return {
    processor: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    kernel: execFileSync('uname', ['-sr'], { encoding: 'utf8' }).trim(),
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

const number = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 2 : 0 });

function cells(row: BenchRow): readonly string[] {
  const raw = row.raw === undefined ? '' : `${row.raw.name}: ${number(row.raw.value)} ${row.raw.unit}`;
  const verdict = row.reached === undefined ? '' : row.reached ? 'reached' : 'MISSED';
  return [
    row.name,
    `${number(row.value)} ${row.unit}`,
    raw,
    row.ratio === undefined ? '' : row.ratio.toFixed(2),
    row.bar ?? '',
    verdict,
  ];
}

/** Columns as wide as they must be, on standard output. */
export function table(rows: readonly BenchRow[]): string {
  const lines = [['work', 'measured', 'raw limit', 'ratio', 'bar', ''], ...rows.map((row) => cells(row))];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
