import { describe, expect, it } from '@jest/globals';
import { decisionsOf } from '#specs';
import { pool } from './pool.aggregate.js';
import type { PoolCommand } from './pool.commands.js';
import type { PoolEvent, RetirementReason } from './pool.events.js';
import { overridesOf, stockOf } from './pool.looks.js';
import { ask, at, eventsOf, plan, queues, rules, settings, threeReady } from './pool.samples.contract.js';

const { given } = decisionsOf(pool);

const configured = (more: Parameters<typeof ask.configure>[0] = {}): PoolEvent => ({
  type: 'PoolConfigured',
  data: {
    pool: 'alma-9',
    order: more.order ?? 0,
    settings: settings(more.settings),
    rules: rules(more.rules),
    at: more.at ?? at,
  },
});
const retired = (reason: RetirementReason, ...vms: readonly string[]): PoolEvent => ({
  type: 'VmsRetired',
  data: { pool: 'alma-9', vms, reason, at },
});
const data = { pool: 'alma-9', at };

/** `one` and `two` ready, `four` pending, `gone` taken. */
const working = [
  ...eventsOf(
    ask.configure(),
    ...['gone', 'one', 'two'].flatMap((name) => [ask.vm(name), ask.offer(name)]),
    ask.checkOut(1),
    ask.vm('four'),
  ),
];

describe('a pool as it is configured', () => {
  it('is known from then on', () => {
    given().when(ask.configure()).then(configured());
  });

  it('is told again only when something differs', () => {
    given(configured())
      .when(ask.configure({ at: at + 1 }))
      .then();
    for (const more of [
      { order: 1 },
      { settings: { size: 4 } },
      { settings: { aliases: ['alma', 'el9'] } },
      { settings: { hosts: ['kvm-2'] } },
      { rules: { vmLifetimeHours: 24 } },
      { rules: { domain: null } },
    ]) {
      given(configured()).when(ask.configure(more)).then(configured(more));
    }
  });

  it('keeps its machines when they are made from what they shall be made from', () => {
    const more = { settings: { size: 10, memoryMb: 8192 } };
    given(...working)
      .when(ask.configure(more))
      .then(configured(more));
  });

  it.each<[RetirementReason, Parameters<typeof ask.configure>[0]]>([
    ['template-changed', { settings: { template: 'templates/alma-9.5' } }],
    ['clone-target-changed', { settings: { cloneTarget: 'cluster-b' } }],
    ['clone-target-changed', { rules: { cloneTarget: 'cluster-b' } }],
  ])('replaces ready and pending machines: %s', (reason, more) => {
    given(...working)
      .when(ask.configure(more))
      .then(configured(more), retired(reason, 'one', 'two', 'four'));
  });

  it('that left the configuration loses its stock, not its running machines', () => {
    const decided = given(...working).when(ask.unconfigure);
    decided.then({ type: 'PoolUnconfigured', data }, retired('unconfigured', 'one', 'two', 'four'));
    decided.thenState((state) => {
      expect(queues(state)).toEqual({ gone: 'running', one: 'completed', two: 'completed', four: 'completed' });
      expect(stockOf(state)).toMatchObject({ configured: false, wantedForStock: 0, surplus: 0 });
    });
    given().when(ask.unconfigure).then();
    given(...working, { type: 'PoolUnconfigured', data })
      .when(ask.unconfigure)
      .then();
  });

  it('gives and makes nothing after it left', () => {
    const left = [...threeReady, ...eventsOf(ask.configure(), ask.unconfigure).slice(1)];
    const wholePool: PoolCommand[] = [
      ask.checkOut(1),
      ask.hold('a', 1),
      ask.vm('five'),
      ask.queue(1),
      { type: 'override-size', size: 1, at },
      { type: 'reset-size', at },
      { type: 'override-template', template: 'a/b', at },
      { type: 'reset-template', at },
      { type: 'override-clone-target', cloneTarget: 'b', at },
      { type: 'reset', at },
    ];
    for (const command of wholePool) {
      given(...left)
        .when(command)
        .thenRefused('pool-unknown', { pool: 'alma-9' });
      given().when(command).thenRefused('pool-unknown', {});
    }
  });

  it('comes back as it is configured then', () => {
    const left = eventsOf(ask.configure(), ask.unconfigure);
    const decided = given(...left).when(ask.configure());
    decided.then(configured());
    decided.thenState((state) => expect(stockOf(state)).toMatchObject({ configured: true, wantedForStock: 3 }));
  });
});

describe('an override', () => {
  const size = (to: number) => ({ type: 'override-size', size: to, at }) as const;
  const template = (to: string) => ({ type: 'override-template', template: to, at }) as const;
  const sized = (to: number): PoolEvent => ({ type: 'PoolSizeOverridden', data: { ...data, size: to } });
  const templated = (to: string): PoolEvent => ({ type: 'PoolTemplateOverridden', data: { ...data, template: to } });

  it('of the size is told when it differs from what is in effect', () => {
    given(configured()).when(size(5)).then(sized(5));
    given(configured()).when(size(3)).then();
    given(configured(), sized(5)).when(size(5)).then();
  });

  it('stays one when it says what the file says', () => {
    const decided = given(configured(), sized(5)).when(size(3));
    decided.then(sized(3));
    decided.thenState((state) => expect(overridesOf(state)?.size).toEqual({ inEffect: 3, configured: 3 }));
  });

  it('outranks the file until it is reset', () => {
    given(configured(), sized(5), configured({ settings: { size: 9 } })).state((state) =>
      expect(stockOf(state)?.size).toBe(5),
    );
    given(configured(), sized(5)).when({ type: 'reset-size', at }).then({ type: 'PoolSizeReset', data });
    given(configured()).when({ type: 'reset-size', at }).then();
    given(configured(), sized(5), { type: 'PoolSizeReset', data }).state((state) => {
      expect(stockOf(state)?.size).toBe(3);
      expect(overridesOf(state)?.size).toBeNull();
    });
  });

  it('of the template replaces what is made from another one', () => {
    given(...working)
      .when(template('templates/alma-9.5'))
      .then(templated('templates/alma-9.5'), retired('template-changed', 'one', 'two', 'four'));
    given(...working)
      .when(template('templates/alma-9'))
      .then();
    const other = { settings: { template: 'templates/other' } };
    given(...working, templated('templates/alma-9'))
      .when(ask.configure(other))
      .then(configured(other));
  });

  it('of the template ends with its reset, and what was made from it goes', () => {
    const overridden = [configured(), templated('a/b')];
    given(...overridden).state((state) =>
      expect(overridesOf(state)?.template).toEqual({ inEffect: 'a/b', configured: 'templates/alma-9' }),
    );
    const made: PoolCommand = { type: 'request-vm', vm: plan('five', { template: 'a/b' }), request: null, at };
    given(...overridden, ...eventsOf(ask.configure({ settings: { template: 'a/b' } }), made).slice(1))
      .when({ type: 'reset-template', at })
      .then({ type: 'PoolTemplateReset', data }, retired('template-changed', 'five'));
    given(configured()).when({ type: 'reset-template', at }).then();
  });

  it('of the clone target replaces what was cloned elsewhere', () => {
    given(...working)
      .when({ type: 'override-clone-target', cloneTarget: 'cluster-b', at })
      .then(
        { type: 'CloneTargetOverridden', data: { ...data, cloneTarget: 'cluster-b' } },
        retired('clone-target-changed', 'one', 'two', 'four'),
      );
    given(configured({ rules: { cloneTarget: 'cluster-b' } }))
      .when({ type: 'override-clone-target', cloneTarget: 'cluster-b', at })
      .then();
  });
});

describe('a reset', () => {
  it('replaces what is ready and pending', () => {
    given(...working)
      .when({ type: 'reset', at })
      .then({ type: 'PoolReset', data }, retired('reset', 'one', 'two', 'four'));
    given(configured()).when({ type: 'reset', at }).then({ type: 'PoolReset', data });
  });

  it('names as many machines as there are in few events', () => {
    const many = Array.from({ length: 6_000 }, (_, index) => `vm-${String(index)}`);
    const events = eventsOf(
      ask.configure({ settings: { size: 6_000 } }),
      ...many.flatMap((name) => [ask.vm(name), ask.offer(name)]),
      { type: 'reset', at },
    );
    const names = events.flatMap((event) => (event.type === 'VmsRetired' ? [event.data.vms] : []));
    expect(names.map(({ length }) => length)).toEqual([5_000, 1_000]);
    expect(names.flat()).toEqual(many);
  });
});
