import fc from 'fast-check';
import {
  NotJson,
  NotUtf8,
  askedMicroversion,
  isRequestId,
  mediaTypeOf,
  parseJson,
  parseMicroversion,
  parseQuery,
  preferred,
  webObError,
} from './index.js';

const bytes = (text: string): Buffer => Buffer.from(text);

describe('JSON bodies', () => {
  it('are what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        const text = JSON.stringify(value);
        expect(parseJson(bytes(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each(['', '{', '{a:1}', '[1,]', 'NaN', "{'a':1}", '\ufeff{}', '1 2', '"\u0001"'])('not %j', (text) => {
    expect(() => parseJson(bytes(text))).toThrow(NotJson);
  });

  it('are UTF-8', () => {
    expect(() => parseJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow('UTF-8');
    expect(() => parseJson(Buffer.from('"a"', 'utf16le'))).toThrow(NotJson);
  });

  it('nest only so deep, brackets in texts aside', () => {
    const nested = (depth: number): Buffer => bytes('['.repeat(depth) + ']'.repeat(depth));
    expect(() => parseJson(nested(64))).not.toThrow();
    expect(() => parseJson(nested(65))).toThrow('deep');
    expect(() => parseJson(nested(3), { maxDepth: 2 })).toThrow('deep');
    expect(parseJson(bytes(`["${'['.repeat(100)}\\"${'{'.repeat(100)}", "\\\\"]`))).toHaveLength(2);
    expect(() => parseJson(bytes('['.repeat(100_000)))).toThrow('deep');
    expect(() => parseJson(bytes(`"${'['.repeat(100)}`))).toThrow('no JSON');
  });

  it('keep odd names as own members', () => {
    expect(Object.keys(parseJson(bytes('{"__proto__": 1}')) as object)).toEqual(['__proto__']);
  });
});

describe('queries', () => {
  it.each([
    ['/x', {}],
    ['/x?', {}],
    ['/x?a=1', { a: ['1'] }],
    ['/x?a=1&b=2&a=3', { a: ['1', '3'], b: ['2'] }],
    ['/x?a', { a: [''] }],
    ['/x?a=&&b==', { a: [''], b: ['='] }],
    ['/x?a=b+c%2Bd%20e', { a: ['b c+d e'] }],
    ['/x?%C3%A9=%E6%97%A5', { é: ['日'] }],
    ['/x?a=100%&b=%zz%2', { a: ['100%'], b: ['%zz%2'] }],
    ['/x?a=?', { a: ['?'] }],
  ])('%s', (target, values) => {
    expect(parseQuery(target)).toEqual(values);
  });

  it('keep odd names apart', () => {
    expect(Object.keys(parseQuery('/x?__proto__=1&constructor=2'))).toEqual(['__proto__', 'constructor']);
  });

  it.each(['/x?a=%ff', '/x?%C3=1', '/x?a=%E6%97'])('not %s', (target) => {
    expect(() => parseQuery(target)).toThrow(NotUtf8);
  });

  it('give back what was put in', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 8 });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), (pairs) => {
        const target = `/x?${pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')}`;
        const expected = new Map<string, string[]>();
        for (const [name, value] of pairs) expected.set(name, [...(expected.get(name) ?? []), value]);
        expect(parseQuery(target)).toEqual(Object.fromEntries(expected));
      }),
    );
  });
});

describe('media types', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    [' ; charset=utf-8', undefined],
    ['Application/JSON ;charset=utf-8', 'application/json'],
  ])('%j is %j', (header, type) => {
    expect(mediaTypeOf(header)).toBe(type);
  });

  it.each([
    [undefined, 'a/x'],
    ['*/*', 'a/x'],
    ['a/y', 'a/y'],
    ['a/y;q=0.5, a/x', 'a/x'],
    ['a/y, a/x', 'a/x'],
    ['a/*;q=0.1, a/y;q=0.2', 'a/y'],
    ['a/x;q=0, a/*', 'a/y'],
    ['*/*;q=0.1, a/x;q=0', 'a/y'],
    ['b/z', undefined],
    ['a/x;q=2', undefined],
    ['A/Y ; Q=0.3', 'a/y'],
  ])('Accept %j prefers %j', (accept, offer) => {
    expect(preferred(accept, ['a/x', 'a/y'])).toBe(offer);
  });
});

describe('microversions', () => {
  it.each([
    [undefined, undefined, undefined],
    ['compute 2.5', undefined, '2.5'],
    ['compute 2.5, compute 2.6', undefined, '2.6'],
    ['volume 3.1,  COMPUTE   2.5 ', '2.1', '2.5'],
    ['compute', '2.1', '2.1'],
    ['computers 2.5', undefined, undefined],
    [undefined, '2.1, 2.2', '2.2'],
    [undefined, ' ', undefined],
    [['a 1', 'compute 2.5'], undefined, '2.5'],
  ])('%j and %j ask for %j', (standard, older, version) => {
    expect(askedMicroversion('compute', standard, older)).toBe(version);
  });

  it.each(['2', '2.', '.1', '02.1', '2.01', 'v2.1', '2.1.1', '2.-1', '0.1', '2.1 '])('%j is none', (text) => {
    expect(parseMicroversion(text)).toBeUndefined();
  });

  it('has two numbers', () => {
    expect(parseMicroversion('2.104')).toEqual({ major: 2, minor: 104 });
    expect(parseMicroversion('10.0')).toEqual({ major: 10, minor: 0 });
  });
});

it('request ids have one form', () => {
  expect(isRequestId('req-0d9e5bd1-4a5e-4b55-9a53-1c2f1f0f7c10')).toBe(true);
  for (const other of [
    '0d9e5bd1-4a5e-4b55-9a53-1c2f1f0f7c10',
    'req-1',
    'req-0d9e5bd1-4a5e-4b55-9a53-1c2f1f0f7c10x',
    undefined,
    ['a'],
  ])
    expect(isRequestId(other)).toBe(false);
});

it('errors without a controller are HTML, JSON or text', () => {
  expect(webObError(undefined, '404 Not Found', 'Gone.').contentType).toBe('text/html; charset=UTF-8');
  expect(JSON.parse(webObError('application/json', '404 Not Found', 'Gone.').body)).toEqual({
    message: 'Gone.<br /><br />\n\n\n',
    code: '404 Not Found',
    title: 'Not Found',
  });
  expect(webObError('image/png', '404 Not Found', 'Gone.').body).toBe('404 Not Found\n\nGone.\n\n   ');
});
