import { describe, expect, it } from '@jest/globals';
import { rubyInspect, rubyInteger, rubyText } from './ruby-text.js';

describe("values as Ruby's inspect writes them", () => {
  it.each<[unknown, string]>([
    [null, 'nil'],
    [true, 'true'],
    [7, '7'],
    [1.5, '1.5'],
    ['x', '"x"'],
    ['say "hi"\\', '"say \\"hi\\"\\\\"'],
    ['\n\t\u001b\u0000\u007f', '"\\n\\t\\e\\u0000\\u007F"'],
    ['#{x} #$y #@z # #!', '"\\#{x} \\#$y \\#@z # #!"'],
    ['é', '"é"'],
    [[1, null, ['a']], '[1, nil, ["a"]]'],
    [{}, '{}'],
    [{ a: { b: 1 } }, '{"a"=>{"b"=>1}}'],
  ])('%j', (value, text) => {
    expect(rubyInspect(value)).toBe(text);
  });

  it('text stands for itself, and nil for nothing', () => {
    expect([rubyText('a"'), rubyText(null), rubyText([null])]).toEqual(['a"', '', '[nil]']);
  });
});

describe('leading integers', () => {
  it.each<[unknown, number | undefined]>([
    [null, 0],
    [2, 2],
    [-1.9, -1],
    ['12', 12],
    [' 12 apples', 12],
    ['+3', 3],
    ['-3', -3],
    ['abc', 0],
    ['', 0],
    [1e300, Number.MAX_SAFE_INTEGER],
    ['9'.repeat(400), Number.MAX_SAFE_INTEGER],
    [true, undefined],
    [[1], undefined],
    [{}, undefined],
  ])('%j', (value, expected) => {
    expect(rubyInteger(value)).toBe(expected);
  });
});
