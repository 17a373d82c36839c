import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { VmpoolerError } from '../vmpooler-error.js';
import { countFault, poolNameFault, wantedInBody, wantedInPath } from './checkout.request.js';

const withBody = (body: string | undefined): FastifyRequest =>
  ({ body: body === undefined ? undefined : Buffer.from(body) }) as FastifyRequest;
const withPath = (path: string): FastifyRequest => ({ params: { '*': path } }) as FastifyRequest;

/** `[name, count]` of each, or the status and the text of what is thrown. */
function outcome(read: () => readonly { readonly name: string; readonly count: number }[]): unknown {
  try {
    return read().map(({ name, count }) => [name, count]);
  } catch (error) {
    if (!(error instanceof VmpoolerError)) throw error;
    const [[, text] = []] = error.more;
    return text === undefined ? error.status : [error.status, text];
  }
}

describe('what a body wants', () => {
  it.each<[string, string | undefined, unknown, unknown]>([
    ['counts', '{"b":2,"a":"1"}', [['b', 2], ['a', 1]], [['b', 2], ['a', 1]]],
    ['nothing at all', undefined, 404, 404],
    ['no names', '{}', 404, 404],
    ['null', 'null', 404, [400, 'Request body must be a JSON object']],
    ['a list', '["a"]', 400, [400, 'Request body must be a JSON object']],
    ['a text', '"a"', 400, [400, 'Request body must be a JSON object']],
    ['a number', '1', 400, [400, 'Request body must be a JSON object']],
    ['no JSON', '{', 400, [400, 'Invalid JSON: no JSON text']],
    ['a count of 0', '{"a":0}', [['a', 0]], [400, 'VM count must be at least 1']],
    ['a negative count', '{"a":-1}', [['a', 0]], [400, 'VM count must be a valid integer']],
    ['a broken count', '{"a":1.5}', [['a', 1]], [400, 'VM count must be a valid integer']],
    ['a text for a count', '{"a":"abc"}', [['a', 0]], [400, 'VM count must be a valid integer']],
    ['a number with more behind it', '{"a":"2x"}', [['a', 2]], [400, 'VM count must be a valid integer']],
    ['no count', '{"a":null}', [['a', 0]], [400, 'VM count is required']],
    ['a list of counts', '{"a":[1]}', 400, [400, 'VM count must be a valid integer']],
    ['true', '{"a":true}', 400, [400, 'VM count must be a valid integer']],
    ['a hundred', '{"a":100}', [['a', 100]], [['a', 100]]],
    ['more than a hundred', '{"a":101}', [['a', 101]], [400, 'VM count must be at most 100']],
    ['far too many', '{"a":1e300}', [['a', Number.MAX_SAFE_INTEGER]], [400, 'VM count must be a valid integer']],
    ['a name without characters', '{"":1}', [['', 1]], [400, 'Pool name is required']],
    ['a name with a dot', '{"x-20.04":1}', [['x-20.04', 1]], [400, 'Invalid pool name format']],
    ['a name that objects have', '{"__proto__":1}', [['__proto__', 1]], [['__proto__', 1]]],
    ['bad names before bad counts', '{"a.b":0}', [['a.b', 0]], [400, 'Invalid pool name format']],
    ['nesting of six', '{"a":{"a":{"a":{"a":{"a":{}}}}}}', 400, [400, 'Request body too complex']],
    ['nesting of five', '{"a":{"a":{"a":{"a":{}}}}}', 400, [400, 'VM count must be a valid integer']],
    ['endless nesting', `${'['.repeat(500)}${']'.repeat(500)}`, 400, [400, 'Invalid JSON: nested too deep']],
    ['10,241 characters', `{"a":"${'1'.repeat(10_233)}"}`, [['a', Number.MAX_SAFE_INTEGER]], [400, 'Request body too large']],
    ['10,240 of two bytes each', `{"a":"${'é'.repeat(10_232)}"}`, [['a', 0]], [400, 'VM count must be a valid integer']],
  ])('%s', (_what, body, inVersions1And2, inVersion3) => {
    for (const version of [1, 2] as const)
      expect(outcome(() => wantedInBody(withBody(body), version))).toEqual(inVersions1And2);
    expect(outcome(() => wantedInBody(withBody(body), 3))).toEqual(inVersion3);
  }); // prettier-ignore
});

describe('what a path wants', () => {
  it.each<[string, unknown]>([
    ['a', [['a', 1]]],
    ['a+a+b', [['a', 2], ['b', 1]]],
    ['b+a+b', [['b', 2], ['a', 1]]],
    ['a/', [['a', 1]]],
    ['x-20.04', [['x-20.04', 1]]],
    ['a+', [['a', 1]]],
    ['+a', [['', 1], ['a', 1]]],
    ['+', 404],
    ['', 404],
    ['/', 404],
    ['a/b', 404],
    ['a//', 404],
    [Array.from({ length: 150 }, () => 'a').join('+'), [['a', 150]]],
  ])('%s', (path, expected) => {
    expect(outcome(() => wantedInPath(withPath(path)))).toEqual(expected);
  }); // prettier-ignore
});

describe('bounds of version 3', () => {
  it('a pool name has up to 100 characters', () => {
    expect([poolNameFault('n'.repeat(100)), poolNameFault('n'.repeat(101))]).toEqual([undefined, 'Pool name too long']);
  });

  it('"2" and 2 are the same count', () => {
    expect([countFault('2'), countFault(2)]).toEqual([undefined, undefined]);
  });
});
