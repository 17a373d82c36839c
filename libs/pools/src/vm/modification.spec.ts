import { describe, expect, it } from '@jest/globals';
import { modificationFailures, type ModificationRules } from './modification.policy.js';
import { tagFilter } from './tag-filter.policy.js';

const rules: ModificationRules = { maxLifetimeUpperLimit: 200, allowedTags: ['department'] };
const free: ModificationRules = { maxLifetimeUpperLimit: null, allowedTags: null };
const codes = (change: Parameters<typeof modificationFailures>[0], its = rules) =>
  modificationFailures(change, its).map(({ code, facts }) => [code, facts]);

describe('changing a machine', () => {
  it.each([
    [1, []],
    [199, []],
    [200, [['lifetime-too-long', { lifetime: 200, limit: 200 }]]],
    [0, [['lifetime-invalid', { lifetime: 0 }]]],
    [-1, [['lifetime-invalid', { lifetime: -1 }]]],
    [1.5, [['lifetime-invalid', { lifetime: 1.5 }]]],
    [1e300, [['lifetime-invalid', { lifetime: 1e300 }]]],
  ])('to a lifetime of %d hours, with a limit of 200', (lifetime, expected) => {
    expect(codes({ lifetime })).toEqual(expected);
  });

  it('to a lifetime of up to a hundred years without a limit', () => {
    expect(codes({ lifetime: 876_000 }, free)).toEqual([]);
    expect(codes({ lifetime: 876_001 }, free)).toEqual([['lifetime-too-long', { lifetime: 876_001, limit: 876_000 }]]);
  });
  it('to tags that are allowed', () => expect(codes({ tags: { department: 'x' } })).toEqual([]));
  it('to any tags without a list', () => expect(codes({ tags: { colour: 'x' } }, free)).toEqual([]));
  it('names the tags that are not allowed', () => {
    expect(codes({ tags: { department: 'x', colour: 'y' } })).toEqual([
      ['tags-not-allowed', { tags: { colour: 'y' } }],
    ]);
  });
  it('names everything that is wrong', () => {
    expect(codes({ lifetime: 0, tags: { colour: 'y' } }).map(([code]) => code)).toEqual([
      'lifetime-invalid',
      'tags-not-allowed',
    ]);
  });
});

describe('the tag filter', () => {
  const filter = tagFilter({ url: '(.*)\\/', twice: '^(a+)-(b+)?', empty: 'x' });
  it.each([
    ['url', 'http://a/b/c', { url: 'http://a/b' }],
    ['url', 'nothing', { url: 'nothing' }],
    ['other', 'a/b', { other: 'a/b' }],
    ['twice', 'aa-bc', { twice: 'aab' }],
    ['twice', 'aa-', { twice: 'aa' }],
    ['empty', 'x', {}],
    ['other', '', {}],
    ['other', null, {}],
  ])('%s: %p', (key, value, expected) => {
    expect(filter({ [key]: value })).toEqual(expected);
  });
});
