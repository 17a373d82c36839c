import { describe, expect, it } from '@jest/globals';
import { figuresWith, hundredths, keepFigures, keepTagFigures, tagFigures, type Days } from './day-figures.state.js';
import { Remembered } from './remembered.state.js';

const [monday, tuesday, wednesday] = ['2026-03-09', '2026-03-10', '2026-03-11'] as const;

/** As decided and then folded, in hundredths of a second. */
function boots(days: Days, ...all: readonly (readonly [day: string, duration: number])[]) {
  return all.map(([day, duration]) => {
    const figures = figuresWith(days, 'boots', day, duration);
    keepFigures(days, 'boots', JSON.parse(JSON.stringify(figures)) as typeof figures);
    return [figures.day, figures.count, figures.total];
  });
}

describe('figures of a day', () => {
  it('have count, total, shortest and longest', () => {
    const days: Days = new Map();
    boots(days, [monday, 310], [monday, 205]);
    expect(figuresWith(days, 'boots', monday, 400)).toEqual({ day: monday, count: 3, total: 9.15, min: 2.05, max: 4 });
    expect(figuresWith(days, 'clones', monday, 0)).toEqual({ day: monday, count: 1, total: 0, min: 0, max: 0 });
  });

  it('do not drift, however many there are', () => {
    const days: Days = new Map();
    const last = boots(days, ...Array.from({ length: 10_000 }, () => [monday, 7] as const)).at(-1);
    expect(last).toEqual([monday, 10_000, 700]);
  });

  it('of yesterday still count there', () => {
    expect(boots(new Map(), [monday, 100], [tuesday, 100], [monday, 100], [tuesday, 100])).toEqual([
      [monday, 1, 1],
      [tuesday, 1, 1],
      [monday, 2, 2],
      [tuesday, 2, 2],
    ]);
  });

  it('of an earlier day count with the earliest that is known, and nothing is told anew', () => {
    const days: Days = new Map();
    expect(boots(days, [monday, 100], [tuesday, 100], [wednesday, 100], [monday, 100], [wednesday, 100])).toEqual([
      [monday, 1, 1],
      [tuesday, 1, 1],
      [wednesday, 1, 1],
      [tuesday, 2, 2],
      [wednesday, 2, 2],
    ]);
    expect([...days.keys()].sort()).toEqual([tuesday, wednesday]);
  });

  it('of a day in between count as themselves: it was never seen', () => {
    expect(boots(new Map(), [monday, 100], [wednesday, 100], [tuesday, 100], [monday, 100])).toEqual([
      [monday, 1, 1],
      [wednesday, 1, 1],
      [tuesday, 1, 1],
      [tuesday, 2, 2],
    ]);
  });

  it.each([
    [2.345, 235],
    [0.1 + 0.2, 30],
    [-1, 0],
    [70.9, 7_090],
  ])('%d seconds are %d hundredths', (seconds, whole) => {
    expect(hundredths(seconds)).toBe(whole);
  });
});

describe('tags of a day', () => {
  it('are forgotten with their day, and then count anew only on later ones', () => {
    const days: Days = new Map();
    const counts = [monday, tuesday, wednesday, monday].map((day) => {
      const figures = tagFigures(days, day, 'vm', [['team', 'red']]);
      keepTagFigures(days, 'vm', { team: 'red' }, figures);
      return figures.map((figure) => [figure.day, figure.count]);
    });
    expect(counts).toEqual([[[monday, 1]], [[tuesday, 1]], [[wednesday, 1]], []]);
  });
});

describe('what is remembered', () => {
  it('is bounded, the oldest goes first', () => {
    const remembered = new Remembered<'done'>(1_000, 3);
    for (const id of ['a', 'b', 'c', 'd']) remembered.note(id, 'done', 0);
    expect(remembered.entries()).toEqual([
      ['b', 'done', 0],
      ['c', 'done', 0],
      ['d', 'done', 0],
    ]);
    remembered.note('b', 'done', 500);
    remembered.note('e', 'done', 1_400);
    expect([remembered.get('c'), remembered.get('b'), remembered.get('e')]).toEqual([undefined, 'done', 'done']);
    expect(new Remembered<'done'>(1_000, 3).restore(remembered.entries()).entries()).toEqual(remembered.entries());
  });
});
