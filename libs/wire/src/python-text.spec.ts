import { pythonInt, pythonRepr, pythonStr } from './python-text.js';

describe('values as Python prints them', () => {
  it.each([
    [null, 'None'],
    [undefined, 'None'],
    [true, 'True'],
    [false, 'False'],
    [5, '5'],
    [-0.5, '-0.5'],
    [1e21, '1e+21'],
    [1e-7, '1e-07'],
    ['', "''"],
    ['a', "'a'"],
    ["it's", `"it's"`],
    ['say "x"', `'say "x"'`],
    [`both ' and "`, `'both \\' and "'`],
    ['back\\slash', "'back\\\\slash'"],
    ['line\nend\ttab\rreturn', "'line\\nend\\ttab\\rreturn'"],
    ['\u0000\u007f\u00ad', "'\\x00\\x7f\\xad'"],
    ['\u200b\u2028\u3000', "'\\u200b\\u2028\\u3000'"],
    ['\ud800', "'\\ud800'"],
    ['é日😀', "'é日😀'"],
    ['\u{e0001}', "'\\U000e0001'"],
    [[1, 'a', [null]], "[1, 'a', [None]]"],
    [{ name: 'q', foo: 1, 'b c': { d: [] } }, "{'name': 'q', 'foo': 1, 'b c': {'d': []}}"],
    [{}, '{}'],
  ])('%j', (value, text) => {
    expect(pythonRepr(value)).toBe(text);
  });

  it('a text by itself is bare', () => {
    expect(pythonStr("it's")).toBe("it's");
    expect(pythonStr(['a'])).toBe("['a']");
    expect(pythonStr(null)).toBe('None');
  });
});

describe('integers as Python reads them', () => {
  it.each([
    ['7', 7n],
    ['007', 7n],
    ['+7', 7n],
    ['-1', -1n],
    [' 7\n', 7n],
    ['1_000', 1000n],
    ['99999999999999999999', 99_999_999_999_999_999_999n],
  ])('%j', (text, value) => {
    expect(pythonInt(text)).toBe(value);
  });

  it.each(['', ' ', '7.0', '0x7', '1__0', '_1', '1_', '--1', '+ 7', 'seven', '1 2', '1e3'])('not %j', (text) => {
    expect(pythonInt(text)).toBeUndefined();
  });
});
