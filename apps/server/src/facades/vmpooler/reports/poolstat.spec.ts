import { describe, expect, it } from '@jest/globals';
import { fields, jsonText } from '../json-text.js';
import { poolstatView, totalRunningView } from './poolstat.view.js';
import { samplePool } from './sample-pools.js';

const pools = [
  samplePool('alma-9', { size: 20, aliases: ['alma', 'el9'] }),
  samplePool('rocky-9', { size: 5, aliases: ['el9'] }, { sizeOverride: 7 }),
  samplePool('suse-15', { size: 3 }),
];
const counts = new Map([
  ['alma-9', { ready: 18, running: 3 }],
  ['rocky-9', { ready: 2, running: 1 }],
  ['left-the-configuration', { ready: 1, running: 9 }],
]);
const alma = { max: 20, alias: ['alma', 'el9'], ready: 18 };
const rocky = { max: 7, alias: ['el9'], ready: 2 };

describe('poolstat', () => {
  it.each([
    ['alma-9', { 'alma-9': alma }],
    ['el9', { 'alma-9': alma, 'rocky-9': rocky }],
    ['suse-15,rocky-9', { 'rocky-9': rocky, 'suse-15': { max: 3, ready: 0 } }],
    ['alma,alma-9', { 'alma-9': alma }],
    ['left-the-configuration,nothing', {}],
    ['', {}],
  ])('of %s', (asked, expected) => {
    expect(JSON.parse(jsonText(fields(poolstatView(pools, counts, asked))))).toEqual({ pools: expected });
  });

  it('keeps the configured order, and that of its members', () => {
    const text = jsonText(fields(poolstatView(pools, counts, 'rocky-9,alma')));
    expect(text.replace(/\s/g, '')).toBe(
      '{"pools":{"alma-9":{"max":20,"alias":["alma","el9"],"ready":18},"rocky-9":{"max":7,"alias":["el9"],"ready":2}}}',
    );
  });
});

describe('totalrunning', () => {
  it('counts the running machines of configured pools', () => {
    expect(totalRunningView(pools, counts)).toEqual([['running', 4]]);
  });
});
