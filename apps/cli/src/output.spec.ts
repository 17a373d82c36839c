import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { printable, ProgressLine, styled, table } from './output.js';

/** What is written to it, as a terminal or as none. */
function stream(isTTY: boolean): { readonly stream: NodeJS.WriteStream; text(): string } {
  const through = new PassThrough();
  return {
    stream: Object.assign(through, { isTTY }) as unknown as NodeJS.WriteStream,
    text: () => (through.read() as Buffer | null)?.toString() ?? '',
  };
}

describe('what the command line prints', () => {
  it('has columns as wide as their widest cell, and no blanks at the end', () => {
    expect(table([['A', 'B', 'C'], ['long', 'x', 'end'], ['', '', 'more'], ['y', 'z', '']])).toEqual([
      'A     B  C',
      'long  x  end',
      '         more',
      'y     z',
    ]); // prettier-ignore
  });

  it.each([
    ['an escape sequence', 'a\u001b[31mb', 'a\\u{1b}[31mb'],
    ['a line break', 'a\nb\u2028c', 'a\\u{a}b\\u{2028}c'],
    ['text that runs from right to left', 'a\u202eb', 'a\\u{202e}b'],
    ['letters of any script', 'Größe 温度', 'Größe 温度'],
  ])('does not let %s steer the terminal', (_name, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('has no colours where nobody sees them', () => {
    expect(styled('red', 'wrong', stream(false).stream)).toBe('wrong');
  });

  it('shows progress on a terminal only, takes it off again, and redraws no more often than eyes see', () => {
    const terminal = stream(true);
    const progress = new ProgressLine(terminal.stream, 'replay');
    for (let done = 1000; done <= 3000; done += 1) progress.show(done, 4000);
    progress.end();
    const drawn = terminal.text();
    expect(drawn.startsWith('\rreplay: 1,000 of 4,000 (25 %)\u001b[K')).toBe(true);
    expect(drawn.split('replay').length).toBeLessThan(500);
    expect(drawn.endsWith('\r\u001b[K')).toBe(true);
    const pipe = stream(false);
    const silent = new ProgressLine(pipe.stream, 'replay');
    silent.show(1, 2);
    silent.end();
    expect(pipe.text()).toBe('');
  });
});
