import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fields, float, jsonText, type JsonValue } from './json-text.js';

describe('JSON over several lines', () => {
  it.each<[JsonValue, string]>([
    [null, 'null'],
    [7, '7'],
    ['a"b', '"a\\"b"'],
    [[], '[]'],
    [{}, '{}'],
    [fields([]), '{}'],
    [['a', 1], '[\n  "a",\n  1\n]'],
    [{ ok: true, list: [1], none: {}, left: undefined }, '{\n  "ok": true,\n  "list": [\n    1\n  ],\n  "none": {}\n}'],
  ])('%j', (value, text) => {
    expect(jsonText(value)).toBe(text);
  });

  it('floats are floats', () => {
    const floats = [float(100), float(0), float(-3), float(99.94, 1), float(1 / 3, 2), float(2.005), float(1e21), float(NaN)]; // prettier-ignore
    expect(floats.map((value) => jsonText(value))).toEqual(
      ['100.0', '0.0', '-3.0', '99.9', '0.33', '2.005', '1e+21', '0.0'], // prettier-ignore
    );
  });

  it('members stand in the order given, whatever they are called', () => {
    const text = jsonText(fields([['ok', true], ['10', 1], ['__proto__', 2], ['2', 3]])); // prettier-ignore
    expect(text.replace(/\s/g, '')).toBe('{"ok":true,"10":1,"__proto__":2,"2":3}');
  });

  it('is what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as JsonValue;
        expect(jsonText(plain)).toBe(JSON.stringify(plain, null, 2));
      }),
    );
  });
});
