import { expect, it, describe } from '@jest/globals';
import fc from 'fast-check';
import { accept } from '#kernel';
import { PoolModel } from './pool-model.contract.js';
import { pool } from './pool.aggregate.js';
import type { PoolCommand } from './pool.commands.js';
import type { PoolEvent } from './pool.events.js';
import { knownVmIds, readyVms, stockOf, supplyOf } from './pool.looks.js';
import { ask, at, facts, minute, placement, readyNames, withToken } from './pool.samples.contract.js';
import type { Pool, PoolState } from './pool.state.js';

/** A step of a random history: which command, about whom, and how long after the one before. */
interface Step {
  readonly kind: (typeof kinds)[number];
  readonly vm: number;
  readonly other: number;
  readonly count: number;
  readonly later: number;
  readonly day: number;
}

const often = [
  'vm',
  'vm on demand',
  'cloned',
  'offer',
  'check out',
  'hold',
  'release',
  'return',
  'modify',
  'destroyed',
] as const;
const seldom = [
  ...['clone failed', 'confirm', 'expire', 'retire', 'vanish', 'shed', 'discover', 'queue', 'cancel', 'settle'],
  ...['size', 'template', 'reset', 'configure', 'unconfigure', 'task', 'task done'],
] as const;
const stocking = ['vm', 'vm', 'vm', 'offer', 'offer', 'offer', 'vm', 'offer'] as const;
const handing = [...often, 'hold', 'confirm', 'release', 'modify', 'queue', 'expire', 'task', 'task done'] as const;
const kinds = [...stocking, ...stocking, ...stocking, ...handing, ...handing, ...handing, ...seldom] as const;

const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom(...kinds),
    vm: fc.nat(7),
    other: fc.nat(3),
    count: fc.integer({ min: 1, max: 3 }),
    later: fc.oneof({ weight: 40, arbitrary: fc.nat(9_999) }, fc.integer({ min: -minute, max: 90 * minute })),
    day: fc.nat(4),
  }),
  { minLength: 50, maxLength: 150, size: 'max' },
);

/** Commands name a machine as somebody would who has looked at the state. */
function commandOf(
  { kind, vm, other, count, day: dayNumber }: Step,
  when: number,
  state: PoolState,
  index: number,
): PoolCommand {
  const name = nameFor(kind, vm, state);
  const attempt = `attempt-${String(other)}-${String(count)}`;
  const holding = [...(state?.holds.keys() ?? [])][other] ?? attempt;
  const request = `onDemand-r${String(other)}.1`;
  const day = `2026-03-0${String(5 + dayNumber)}`;
  const known = state?.vms.get(name);
  const one = { name, vmId: known?.vmId ?? 'nobody', day, at: when };
  const checkout = facts({ checkoutId: `checkout-${String(index)}`, lifetime: count === 3 ? 1 : null });
  const template = known?.template ?? state?.templateOverride ?? 'templates/alma-9';
  const wanted = { vmId: `id-${String(index)}`, template };
  switch (kind) {
    case 'vm':
      return ask.vm(name, { plan: wanted, at: when });
    case 'vm on demand':
      return ask.vm(name, { plan: wanted, request, at: when });
    case 'cloned':
      return ask.cloned(name, { ...one, seconds: count + other / 3 });
    case 'clone failed':
      return ask.cloneFailed(name, { vmId: one.vmId, permanent: count === 1, at: when });
    case 'offer':
      return ask.offer(name, one);
    case 'check out':
      return ask.checkOut(count, { checkout, at: when });
    case 'hold':
      return ask.hold(attempt, count, { at: when });
    case 'confirm':
      return ask.confirm(holding, { checkout, at: when });
    case 'release':
      return ask.release(holding, { at: when });
    case 'return':
      return ask.giveBack(name, { at: when });
    case 'modify': {
      const tags = { [`key-${String(other % 2)}`]: `value-${String(count)}` };
      return ask.modify(name, { tags, day, at: when, kept: other === 3, ...(other === 0 ? { lifetime: count } : {}) });
    }
    case 'expire':
      return { type: 'expire', name, vmId: one.vmId, at: when };
    case 'retire':
    case 'vanish': {
      const vms = Array.from(state?.vms.values() ?? []).slice(other, other + count);
      return {
        type: 'retire-vms',
        vms: [...vms, one],
        reason: kind === 'retire' ? 'unreachable' : 'vanished',
        at: when,
      };
    }
    case 'shed':
      return { type: 'shed', at: when };
    case 'destroyed':
      return { type: 'note-destroyed', name, vmId: one.vmId, at: when };
    case 'discover':
      return { type: 'discover-vm', name, vmId: `id-${String(index)}`, placement, at: when };
    case 'queue':
      return ask.queue(count, {
        request,
        checkout: { ...withToken, requestedAs: count === 1 ? 'alma' : 'alma-9' },
        at: when,
      });
    case 'cancel':
      return { ...ask.cancel('request-failed', request), at: when };
    case 'settle':
      return { ...ask.settle(request), at: when };
    case 'size':
      return { type: 'override-size', size: 1 + vm, at: when };
    case 'template':
      return { type: 'override-template', template: `templates/${String(other)}`, at: when };
    case 'reset':
      return { type: 'reset', at: when };
    case 'configure':
      return ask.configure({ settings: { size: 5, readyTtlMinutes: count * 20 }, at: when });
    case 'unconfigure':
      return { ...ask.unconfigure, at: when };
    case 'task':
      return ask.task(name, { id: `task-${String(vm)}`, kind: 'snapshot', snapshotId: 'abc' }, { at: when });
    case 'task done':
      return { ...ask.noteTask(name, `task-${String(vm)}`), vmId: one.vmId, at: when };
  }
}

/** Mostly a machine that the command can be about. */
function nameFor(kind: Step['kind'], vm: number, state: PoolState): string {
  const any = `vm-${String(vm)}`;
  if (state === undefined || kind.startsWith('vm')) return any;
  const fitting: Partial<Record<Step['kind'], Iterable<string>>> = {
    ...{ cloned: state.pending, offer: state.pending, 'clone failed': state.pending },
    ...{
      return: state.running,
      destroyed: state.completed,
      'task done': state.tasked,
      discover: [`odd-${String(vm)}`],
    },
  };
  return [...(fitting[kind] ?? [])][vm % 4] ?? any;
}

interface Ran {
  readonly command: PoolCommand;
  readonly before: readonly string[];
  readonly events: readonly PoolEvent[];
  readonly state: Pool;
}

/** Each command with some chance twice. `restored`: before this step the state is written down and read again. */
function run(
  given: readonly Step[],
  check: (ran: Ran) => void = () => undefined,
  restored = -1,
): { events: PoolEvent[]; state: PoolState } {
  let state: PoolState = pool.decider.initialState();
  let when = at;
  const all: PoolEvent[] = [];
  const doIt = (command: PoolCommand): void => {
    const before = readyNames(state);
    const decision = pool.decider.decide(command, state);
    const events = decision.kind === 'accepted' ? decision.events : [];
    for (const event of events) state = pool.decider.evolve(state, JSON.parse(JSON.stringify(event)) as PoolEvent);
    all.push(...events);
    if (state !== undefined) check({ command, before, events, state });
  };
  doIt(ask.configure({ settings: { size: 5 } }));
  for (const [index, step] of given.entries()) {
    if (index === restored) state = pool.snapshot?.read(asStored(state));
    when += step.later;
    const command = commandOf(step, when, state, index);
    doIt(command);
    if (step.other === 2) doIt(command);
  }
  return { events: all, state };
}

function asStored(state: PoolState): never {
  return JSON.parse(JSON.stringify(pool.snapshot?.write(state))) as never;
}

describe('a pool, whatever is asked of it', () => {
  it('has each machine in one queue, gives it to one holder, and counts right', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const model = new PoolModel();
        const differing: unknown[] = [];
        const compare = (what: string, told: unknown, counted: unknown): void => {
          if (JSON.stringify(told) !== JSON.stringify(counted)) differing.push({ what, told, counted });
        };
        run(given, ({ events, state }) => {
          for (const event of events) model.read(event);
          const held = [...state.holds.values()].flatMap(({ vms }) => vms);
          const queues = { ready: readyNames(state), held, ...otherQueues(state) };
          const stands = Object.entries(queues).flatMap(([queue, names]) => names.map((name) => `${name} ${queue}`));
          const vms = [...state.vms.values()];
          const forStock = vms.filter((vm) => vm.queue === 'pending' && vm.request === null).length;
          compare('ready', readyNames(state), model.ready);
          compare('queues', stands.sort(), Array.from(model.vms, ([name, { queue }]) => `${name} ${queue}`).sort());
          compare('counts', [state.held, state.pendingForStock], [held.length, forStock]);
          compare(
            'ids',
            [...knownVmIds(state).keys()],
            Array.from(model.vms.values(), ({ vmId }) => vmId),
          );
        });
        expect([...model.wrong, ...differing]).toEqual([]);
      }),
    );
  });

  it('asked again right away changes nothing more, but for a checkout', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const anew = new Set(['check-out', 'reset', 'modify-vm']);
        run(given, ({ command, state }) => {
          const again = anew.has(command.type) ? accept() : pool.decider.decide(command, state);
          if (again.kind === 'accepted' && again.events.length > 0) expect([command, again.events]).toEqual([]);
        });
      }),
    );
  });

  it('has the ready queue after a release that it would have without the hold', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 4 }), (given, count) => {
        const { state } = run(given);
        if (state === undefined) return;
        const before = readyNames(state);
        const held = pool.decider.decide(ask.hold('another', count), state);
        if (held.kind === 'refused') return;
        const events = held.events.reduce(pool.decider.evolve, state);
        expect(readyNames(events)).toEqual(before.slice(count));
        const released = pool.decider.decide(ask.release('another', { at: 0 }), events);
        expect(released).toMatchObject({ kind: 'accepted', events: [{ type: 'VmsReturned' }] });
        if (released.kind === 'refused') return;
        expect(readyNames(released.events.reduce(pool.decider.evolve, events))).toEqual(before);
      }),
    );
  });

  it('never owes a request more or less than what it waits for, has under way and has delivered', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const owed: unknown[] = [];
        run(given, ({ events, state }) => {
          const sum = [...state.requests.values()].reduce((all, { waiting }) => all + waiting, 0);
          const told = events.flatMap(({ data }) => ('waiting' in data ? [data.waiting] : []));
          if (state.waiting !== sum || (told.at(-1) ?? sum) !== sum) owed.push({ sum, told, kept: state.waiting });
          for (const [request, { parts, waiting, failures }] of state.requests) {
            const mine = [...state.vms.values()].filter((vm) => vm.request === request);
            const wanted = parts.reduce((all, { count }) => all + count, 0);
            const delivered = parts.reduce((all, each) => all + each.delivered, 0);
            const underWay = waiting + mine.filter(({ queue }) => queue === 'pending').length + delivered;
            const right = failures === 0 ? underWay === wanted : underWay <= wanted;
            if (!right || waiting < 0) owed.push({ request, wanted, waiting, delivered, underWay });
          }
        });
        expect(owed).toEqual([]);
      }),
    );
  });

  it('goes on from a snapshot as if there had been none', () => {
    fc.assert(
      fc.property(steps, fc.nat(149), (given, restored) => {
        const [plain, read] = [run(given), run(given, undefined, Math.min(restored, given.length - 1))];
        expect(read.events).toEqual(plain.events);
        expect(asStored(read.state)).toEqual(asStored(plain.state));
        expect(supplyOf(read.state, 5)).toEqual(supplyOf(plain.state, 5));
        expect(stockOf(read.state)).toEqual(stockOf(plain.state));
        expect(readyVms(read.state, null, 3)).toEqual(readyVms(plain.state, null, 3));
      }),
    );
  });

  it('has the state that its events make', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const { events, state } = run(given);
        const again = structuredClone(events).reduce(pool.decider.evolve, pool.decider.initialState());
        expect(asStored(again)).toEqual(asStored(state));
      }),
    );
  });
});

function otherQueues({ pending, running, completed }: Pool): Record<string, readonly string[]> {
  return { pending: [...pending], running: [...running], completed: [...completed] };
}
