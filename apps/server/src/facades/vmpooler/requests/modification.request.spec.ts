import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { VmpoolerError } from '../vmpooler-error.js';
import { judgeModification, modificationBody, tagFault } from './modification.request.js';

const free = { maxLifetimeUpperLimit: null, allowedTags: null };
const bound = { maxLifetimeUpperLimit: 200, allowedTags: ['department', 'url'] };
const parsed = (text: string): Readonly<Record<string, unknown>> => JSON.parse(text) as Record<string, unknown>;

describe('the body of a change', () => {
  it.each<[string, string | undefined, unknown, unknown]>([
    ['nothing', undefined, 400, {}],
    ['an empty object', '{}', {}, {}],
    ['an empty list', '[]', {}, 400],
    ['a list', '[1]', 400, 400],
    ['null', 'null', 400, 400],
    ['no JSON', '{', 400, 400],
    ['an argument', '{"lifetime":2}', { lifetime: 2 }, { lifetime: 2 }],
  ])('%s', (_what, body, inVersions1And2, inVersion3) => {
    const request = { body: body === undefined ? undefined : Buffer.from(body) } as FastifyRequest;
    const outcome = (version: 1 | 2 | 3): unknown => {
      try {
        return modificationBody(request, version);
      } catch (error) {
        return error instanceof VmpoolerError ? error.status : error;
      }
    };
    expect([outcome(1), outcome(2), outcome(3)]).toEqual([inVersions1And2, inVersions1And2, inVersion3]);
  });
});

describe('what a change sets', () => {
  it.each<[string, unknown]>([
    ['{}', {}],
    ['{"lifetime":2}', { lifetime: 2 }],
    ['{"lifetime":"2"}', { lifetime: 2 }],
    ['{"lifetime":"3 hours"}', { lifetime: 3 }],
    ['{"lifetime":1.5}', { lifetime: 1 }],
    ['{"tags":{"a":"b"}}', { tags: { a: 'b' } }],
    ['{"tags":{"a":"b","c":null,"d":""}}', { tags: { a: 'b' } }],
    ['{"tags":{"n":7,"t":true}}', { tags: { n: '7', t: 'true' } }],
    ['{"tags":{},"lifetime":9}', { tags: {}, lifetime: 9 }],
  ])('%s', (body, change) => {
    expect(judgeModification(parsed(body), 2, free)).toEqual({ change, failures: [] });
  });

  it('a tag may be called as what objects inherit', () => {
    const { change, failures } = judgeModification(parsed('{"tags":{"__proto__":"x","constructor":"y"}}'), 3, free);
    expect([Object.entries(change.tags ?? {}), failures]).toEqual([[['__proto__', 'x'], ['constructor', 'y']], []]); // prettier-ignore
  });
});

describe('what is wrong with a change', () => {
  it.each<[string, readonly string[]]>([
    ['{"lifetime":0}', ['Lifetime must be a positive integer (got 0)']],
    ['{"lifetime":-3}', ['Lifetime must be a positive integer (got -3)']],
    ['{"lifetime":"abc"}', ['Lifetime must be a positive integer (got abc)']],
    ['{"lifetime":null}', ['Lifetime must be a positive integer (got )']],
    ['{"lifetime":[1]}', ['Lifetime must be a positive integer (got [1])']],
    ['{"lifetime":200}', ['You provided a lifetime (200) that exceeds the configured maximum of 200.']],
    ['{"lifetime":"250h"}', ['You provided a lifetime (250) that exceeds the configured maximum of 200.']],
    ['{"lifetime":199}', []],
    ['{"tags":"x"}', ['You provided tags (x) as something other than a hash.']],
    ['{"tags":["x"]}', ['You provided tags (["x"]) as something other than a hash.']],
    ['{"tags":null}', ['You provided tags () as something other than a hash.']],
    ['{"tags":{"url":["x"]}}', ['You provided tags ({"url"=>["x"]}) as something other than a hash.']],
    ['{"tags":{"x":"y"}}', ['You provided unsuppored tags ({"x"=>"y"}).']],
    ['{"tags":{"url":"1","x":null}}', ['You provided unsuppored tags ({"url"=>"1", "x"=>nil}).']],
    ['{"tags":{"url":"http://a/b:8@c.d e-f_g"}}', []],
    ['{"tags":{"url":"<"}}', ['Tag value contains invalid characters']],
    [
      '{"tags":{"a b":"","url":"<"}}',
      [
        'Invalid tag key format',
        'Tag value contains invalid characters',
        'You provided unsuppored tags ({"a b"=>"", "url"=>"<"}).',
      ],
    ],
    ['{"foo":"bar"}', ['Unknown argument bar.']],
    ['{"foo":null}', ['Unknown argument .']],
    ['{"foo":{"a":1}}', ['Unknown argument {"a"=>1}.']],
    [
      '{"foo":1,"tags":5,"lifetime":0}',
      [
        'Unknown argument 1.',
        'You provided tags (5) as something other than a hash.',
        'Lifetime must be a positive integer (got 0)',
      ],
    ],
  ])('%s in version 3', (body, failures) => {
    expect(judgeModification(parsed(body), 3, bound).failures).toEqual(failures);
  });

  it.each<[string, readonly string[]]>([
    ['{"lifetime":0}', ['You provided a lifetime (0) but you must provide a positive number.']],
    ['{"tags":{"url":"<"}}', []],
    ['{"tags":{"x":"<"}}', ['You provided unsuppored tags ({"x"=>"<"}).']],
  ])('%s before it', (body, failures) => {
    for (const version of [1, 2] as const)
      expect(judgeModification(parsed(body), version, bound).failures).toEqual(failures);
  });
});

it('a lifetime has an end even where none is configured', () => {
  expect(judgeModification({ lifetime: 1e11 }, 3, free).failures).toEqual([
    'You provided a lifetime (100000000000) that exceeds the configured maximum of 876000.',
  ]);
});

describe('tags of version 3', () => {
  it.each<[string, string, string | undefined]>([
    ['', 'x', 'Tag key is required'],
    ['k'.repeat(50), 'x', undefined],
    ['k'.repeat(51), 'x', 'Tag key too long'],
    ['a_b.c-D', 'x', undefined],
    ['a:b', 'x', 'Invalid tag key format'],
    ['a', 'v'.repeat(255), undefined],
    ['a', 'v'.repeat(256), 'Tag value too long'],
    ['a', 'tab\tand line\n', undefined],
    ['a', 'é', 'Tag value contains invalid characters'],
  ])('%j: %j', (key, value, fault) => {
    expect(tagFault(key, value)).toBe(fault);
  });
});
