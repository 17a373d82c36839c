import { styleText } from 'node:util';

/** Where a command says things. Results go to `out`, everything else to `err`, so that results can be piped. */
export interface Output {
  readonly out: NodeJS.WriteStream;
  readonly err: NodeJS.WriteStream;
}

export type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow';

/** Plain where the stream is no terminal, or NO_COLOR is set. */
export function styled(style: Style, text: string, stream: NodeJS.WriteStream): string {
  return styleText(style, text, { stream, validateStream: true });
}

export function line(stream: NodeJS.WriteStream, text = ''): void {
  stream.write(`${text}\n`);
}

/** Times between two redraws: a terminal is slower than a log. Milliseconds. */
const redrawAfter = 100;

/** One line on a terminal that says how far long work is; nothing where nobody watches. */
export class ProgressLine {
  private drawnAt = -Infinity;
  private drawn = false;

  constructor(
    private readonly stream: NodeJS.WriteStream,
    private readonly what: string,
  ) {}

  show(done: number, total: number): void {
    const now = performance.now();
    if (!this.stream.isTTY || now - this.drawnAt < redrawAfter) return;
    this.drawnAt = now;
    this.drawn = true;
    const share = total === 0 ? 100 : Math.min(100, Math.floor((100 * done) / total));
    this.stream.write(`\r${this.what}: ${grouped(done)} of ${grouped(total)} (${String(share)} %)\u001b[K`);
  }

  /** Takes the line off again. */
  end(): void {
    if (this.drawn) this.stream.write('\r\u001b[K');
    this.drawn = false;
  }
}

export function grouped(count: number): string {
  return count.toLocaleString('en');
}

/** Columns as wide as their widest cell; the last one is never padded. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)));
  return rows.map((row) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** Texts of the log are anybody's: nothing in them may steer a terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}
