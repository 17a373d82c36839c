import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { fields, jsonText } from '../json-text.js';
import { samplePool } from '../reports/sample-pools.js';
import { dashboardPage, pagePolicy } from './dashboard-page.view.js';
import { poolStatsView, runningStatsView } from './dashboard.view.js';

const pools = [
  samplePool('alma-9', { size: 20 }),
  samplePool('alma-8', { size: 4 }, { sizeOverride: 5 }),
  samplePool('windows', { size: 1 }),
  samplePool('a.b-1', { size: 0 }),
];
const of = (ready: number, running: number) => ({ pending: 3, cloning: 1, ready, running, completed: 2 });
const counts = new Map([['alma-9', of(18, 4)], ['alma-8', of(0, 1)], ['windows', of(1, 0)], ['gone', of(9, 9)]]); // prettier-ignore

describe('figures for the page', () => {
  it('tell size and stock of each pool', () => {
    expect(JSON.parse(jsonText(fields(poolStatsView(pools, counts, false))))).toEqual({
      'alma-9': { size: 20, ready: 18 },
      'alma-8': { size: 5, ready: 0 },
      windows: { size: 1, ready: 1 },
      'a.b-1': { size: 0, ready: 0 },
    });
  });

  it('have what is there now for a history', () => {
    expect(JSON.parse(jsonText(fields(poolStatsView(pools.slice(0, 1), counts, true))))).toEqual({
      'alma-9': { size: 20, ready: 18, history: [18] },
    });
  });

  it('count running machines by the first word of the name', () => {
    expect(JSON.parse(jsonText(runningStatsView(pools, counts)))).toEqual({
      alma: { running: 5 },
      windows: { running: 0 },
      'a.b-1': { running: 0 },
    });
  });
});

describe('the page', () => {
  const page = dashboardPage('Lab <1>', pools, counts);

  it('has a row for each pool and one of sums', () => {
    expect(page).toContain('<tr><td>alma-9</td><td>20</td><td>18</td><td>3</td><td>4</td><td>2</td></tr>');
    expect(page).toContain('<tr class="empty"><td>alma-8</td><td>5</td><td>0</td><td>3</td><td>1</td><td>2</td></tr>');
    expect(page).toContain('<tr><td>total</td><td>26</td><td>19</td><td>9</td><td>5</td><td>6</td></tr>');
  });

  it('shows texts as texts', () => {
    expect(page).toContain('<title>Lab &#60;1&#62;</title>');
  });

  it('needs nothing from elsewhere, and its policy allows its style and nothing besides', () => {
    expect(page).not.toMatch(/<script|src=|href=|url\(|https?:/);
    const style = /<style>([\s\S]*)<\/style>/.exec(page)?.[1] ?? '';
    expect(pagePolicy).toContain(`style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(pagePolicy).toContain("default-src 'none'");
  });
});
