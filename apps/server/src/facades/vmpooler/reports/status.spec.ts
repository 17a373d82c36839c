import { describe, expect, it } from '@jest/globals';
import type { PoolDayDocument } from '#projections/pool-days/pool-days.query';
import type { QueueCounts } from '#projections/vms/vms.query';
import { fields, jsonText } from '../json-text.js';
import { samplePool } from './sample-pools.js';
import { askedSections, statusSections, type StatusSection } from './status.request.js';
import { StatusTexts } from './status-texts.js';
import { statusView, type StatusFacts, type StatusForm } from './status.view.js';

const counts = (ready: number, running = 0, pending = 0, cloning = 0, completed = 0): QueueCounts => ({
  pending,
  cloning,
  ready,
  running,
  completed,
});

const local = (at: number): string => `local ${String(at)}`;
const form = (more: Partial<StatusForm> = {}): StatusForm => ({
  version: 3,
  sections: statusSections,
  uptime: 8123.44,
  local,
  ...more,
});

const day = (pool: string, figures: Partial<Pick<PoolDayDocument, 'boot' | 'clone'>>): PoolDayDocument => ({
  _id: `2026-03-09/${pool}`,
  day: '2026-03-09',
  pool,
  boot: null,
  clone: null,
  ...figures,
});

/** The example of contracts/vmpooler §7.1. */
const facts: StatusFacts = {
  pools: [
    samplePool('alma-9', { size: 20, aliases: ['alma'] }, { lastBootAt: 7, waiting: 1 }),
    samplePool('suse-15', { size: 4 }, { sizeOverride: 10, waiting: 2 }),
  ],
  counts: new Map([
    ['alma-9', counts(18, 4, 2, 1)],
    ['suse-15', counts(9, 0, 1, 0, 3)],
    ['left-the-configuration', counts(5, 5, 5, 5, 5)],
  ]),
  today: [
    day('alma-9', {
      boot: { count: 6, total: 300, min: 31.07, max: 70.9 },
      clone: { count: 9, total: 54.9, min: 2.5, max: 14.02 },
    }),
    day('suse-15', { boot: { count: 3, total: 134.7, min: 40, max: 50 } }),
  ],
};

const shown = (given: StatusFacts, more: Partial<StatusForm> = {}): string =>
  jsonText(fields(statusView(given, form(more))));

describe('a status', () => {
  it('has every section, in alphabetical order, with floats where Ruby has them', () => {
    expect(shown(facts)).toBe(`{
  "boot": {
    "duration": {
      "average": 48.3,
      "min": 31.07,
      "max": 70.9,
      "total": 434.7
    },
    "count": {
      "total": 9
    }
  },
  "capacity": {
    "current": 27,
    "total": 30,
    "percent": 90.0
  },
  "clone": {
    "duration": {
      "average": 6.1,
      "min": 2.5,
      "max": 14.02,
      "total": 54.9
    },
    "count": {
      "total": 9
    }
  },
  "pools": {
    "alma-9": {
      "ready": 18,
      "running": 4,
      "pending": 2,
      "max": 20,
      "lastBoot": "local 7",
      "alias": [
        "alma"
      ]
    },
    "suse-15": {
      "ready": 9,
      "running": 0,
      "pending": 1,
      "max": 10,
      "lastBoot": ""
    }
  },
  "queue": {
    "requested": 3,
    "pending": 3,
    "cloning": 1,
    "booting": 2,
    "ready": 27,
    "running": 4,
    "completed": 3,
    "total": 40
  },
  "status": {
    "ok": true,
    "message": "Battle station fully armed and operational.",
    "uptime": 8123.4
  }
}`);
  });

  it('of versions 1 and 2 tells of no open requests', () => {
    for (const version of [1, 2] as const) {
      const { queue } = JSON.parse(shown(facts, { version })) as { readonly queue: object };
      expect(queue).toEqual({ pending: 3, cloning: 1, booting: 2, ready: 27, running: 4, completed: 3, total: 37 });
    }
  });

  it('of no pools and no day is all zeros', () => {
    const zeros = { duration: { average: 0, min: 0, max: 0, total: 0 }, count: { total: 0 } };
    const nothing = { pools: [], counts: new Map(), today: [] };
    expect(JSON.parse(shown(nothing))).toMatchObject({
      boot: zeros,
      clone: zeros,
      capacity: { current: 0, total: 0, percent: 0 },
      pools: {},
      queue: { requested: 0, total: 0 },
      status: { ok: true },
    });
  });

  it('counts no fewer than zero booting machines', () => {
    const cloning = { ...facts, counts: new Map([['alma-9', counts(0, 0, 1, 2)]]) };
    expect(JSON.parse(shown(cloning))).toMatchObject({ queue: { cloning: 2, booting: 0 } });
  });
});

describe('empty pools', () => {
  const pools = [samplePool('alma-9'), samplePool('suse-15'), samplePool('on-demand', { size: 0 })];
  const sections = statusSections;
  it.each([
    ['none', [1, 1], sections, undefined],
    ['one', [1, 0], sections, { message: 'Found 1 empty pools.', empty: ['suse-15'] }],
    [
      'two, but never one of size 0',
      [0, 0],
      sections,
      { message: 'Found 2 empty pools.', empty: ['alma-9', 'suse-15'] },
    ],
    ['two, where the pools are not looked at', [0, 0], ['queue'], undefined],
  ] as const)('%s', (_name, [first, second], asked: readonly StatusSection[], expected) => {
    const given = { pools, counts: new Map([['alma-9', counts(first)], ['suse-15', counts(second)]]), today: [] }; // prettier-ignore
    const { status } = JSON.parse(shown(given, { sections: asked })) as { readonly status: object };
    if (expected === undefined) expect(status).toMatchObject({ ok: true });
    else expect(Object.entries(status)).toEqual([['ok', false], ...Object.entries(expected), ['uptime', 8123.4]]);
  });
});

describe('the view', () => {
  it.each([
    ['', statusSections],
    ['?other=1', statusSections],
    ['?view', statusSections],
    ['?view=', []],
    ['?view=status', []],
    ['?view=queue,capacity', ['capacity', 'queue']],
    ['?view=pools%2Cboot', ['boot', 'pools']],
    ['?view=clone,nothing,__proto__', ['clone']],
    ['?view=boot&view=clone', ['clone']],
    ['?view=Queue', []],
  ])('%s', (query, expected) => {
    expect(askedSections(`/api/v3/status${query}`)).toEqual(expected);
  });
});

describe('texts that are kept', () => {
  const texts = (): StatusTexts => new StatusTexts(local);
  const asked = form();

  it('are those of the view, whatever was asked for before', () => {
    const kept = texts();
    for (const version of [3, 1, 2] as const)
      for (const uptime of [0, 8123.44, 8123.5, 8124])
        for (const sections of [statusSections, [], ['queue']] as const)
          for (let time = 0; time < 2; time += 1)
            expect(kept.text(facts, { version, sections, uptime })).toBe(shown(facts, { version, sections, uptime }));
  });

  it('are not made again while nothing but the uptime has changed', () => {
    let made = 0;
    const kept = new StatusTexts((at) => {
      made += 1;
      return local(at);
    });
    for (const uptime of [1, 1.04, 2, 3]) kept.text({ ...facts }, { ...asked, uptime });
    expect(made).toBe(1);
  });

  it.each([
    ['the pools', { pools: [samplePool('alma-9')] }],
    ['the counts', { counts: new Map([['alma-9', counts(1)]]) }],
    ['the day', { today: [] }],
  ])('are made anew with %s', (_name, change) => {
    const kept = texts();
    kept.text(facts, asked);
    const changed = { ...facts, ...change };
    expect(kept.text(changed, asked)).toBe(shown(changed));
  });
});
