import { sources, type Source } from './sources.js';

const LONGEST = 400;

const tooLong = (all: readonly Source[]): readonly { readonly path: string; readonly lines: number }[] =>
  all.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 })).filter(({ lines }) => lines > LONGEST);

describe('File size', () => {
  it(`has no source file of more than ${LONGEST} lines`, () => {
    const all = sources();
    expect(all.length).toBeGreaterThan(300);
    expect(tooLong(all)).toEqual([]);
  });

  it('would catch one', () => {
    const [fits, planted] = [LONGEST, LONGEST + 1].map((lines) => ({ path: `${lines}.ts`, text: 'x\n'.repeat(lines) }));
    expect(tooLong([fits!, planted!])).toEqual([{ path: '401.ts', lines: 401 }]);
  });
});
