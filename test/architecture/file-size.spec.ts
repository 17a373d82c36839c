import { sources } from './sources.js';

const LONGEST = 400;

describe('File size', () => {
  it(`has no source file of more than ${LONGEST} lines`, () => {
    const tooLong = sources()
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ lines }) => lines > LONGEST);
    expect(tooLong).toEqual([]);
  });
});
