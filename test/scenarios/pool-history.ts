import fc from 'fast-check';
import type { AggregateDefinition, DomainEvent } from '#kernel';
import { samplePlacement, samplePoolRules, samplePoolSettings } from '#specs';
import { checkout, checkoutStream } from '../../libs/pools/src/checkout/checkout.decider.js';
import { onDemand, onDemandStream, type OnDemandCommand } from '../../libs/pools/src/on-demand/on-demand.decider.js';
import { pool, poolStream } from '../../libs/pools/src/pool/pool.aggregate.js';
import type { PoolCommand } from '../../libs/pools/src/pool/pool.commands.js';
import type { CheckoutFacts } from '../../libs/pools/src/pool/pool.events.js';
import { originOf, type PoolState } from '../../libs/pools/src/pool/pool.state.js';
import type { Vm } from '../../libs/pools/src/pool/vm.state.js';
import { vmName, vmNameStream } from '../../libs/pools/src/vm-name/vm-name.aggregate.js';
import type { VmNameState } from '../../libs/pools/src/vm-name/vm-name.state.js';

export interface LoggedEvent {
  readonly stream: string;
  readonly event: DomainEvent;
}

const names = [
  'calm-otter',
  'brisk-finch',
  'dry-gecko',
  'shy-heron',
  'odd-lynx',
  'wry-toad',
  'sly-newt',
  'tan-wren',
  'raw-moth',
];
export const poolNames = ['alma', 'rocky'] as const;

const works = [
  ...['configure', 'unconfigure', 'resize', 'retemplate', 'reset', 'shed', 'checkOut', 'hold', 'hold', 'settleHold'],
  ...['request', 'request', 'request', 'request', 'clone', 'clone', 'clone', 'failClone', 'offer', 'offer', 'offer'],
  ...['return', 'modify', 'modify', 'task', 'doTask', 'expire', 'vanish', 'destroy', 'destroy', 'destroy', 'discover'],
  ...['askOnDemand', 'cancelOnDemand', 'later', 'release'],
] as const;
export type Work = (typeof works)[number];

/** What somebody does: with which of the pools, machines, values. */
export interface Deed {
  readonly work: Work;
  readonly a: number;
  readonly b: number;
}

export const deeds: fc.Arbitrary<readonly Deed[]> = fc
  .array(fc.record({ work: fc.constantFrom(...works), a: fc.nat(9), b: fc.nat(9) }), { minLength: 100, maxLength: 300 })
  .map((some) => [{ work: 'configure', a: 0, b: 4 }, { work: 'configure', a: 1, b: 3 }, ...some]);

interface Attempt {
  readonly id: string;
  readonly completed: boolean;
  /** When that was decided. */
  readonly at: number;
  readonly facts: CheckoutFacts;
}

/** A history of two pools as their rules allow it: every deed is decided, and what comes of it is written down. */
export class PoolHistory {
  readonly log: LoggedEvent[] = [];
  /** Of the pools' streams, at the end of the log. */
  readonly pools = new Map<string, PoolState>();
  /** Attempts that are decided, and confirmed or released nowhere yet. */
  readonly attempts: Attempt[] = [];
  private readonly claims = new Map<string, VmNameState>();
  private readonly states = new Map<string, unknown>();
  private readonly requests: { readonly stream: string; readonly requestId: string }[] = [];
  private count = 0;
  private now = 1_000;

  do({ work, a, b }: Deed): void {
    this.count += 1;
    this.now += 500;
    const name = poolNames[a % 2 === 0 ? 0 : 1];
    this.works[work](name, a, b);
  }

  private readonly works: Record<Work, (of: string, a: number, b: number) => void> = {
    configure: (of, a, b) => {
      const settings = { ...samplePoolSettings, name: of, size: 2 + (b % 4), template: b === 0 ? 'other' : 'template' };
      this.decide(of, { type: 'configure', order: a, settings, rules: samplePoolRules, at: this.now });
    },
    unconfigure: (of, _a, b) => {
      if (b === 0) this.decide(of, { type: 'unconfigure', pool: of, at: this.now });
    },
    resize: (of, _a, b) => {
      const at = this.now;
      this.decide(of, b > 2 ? { type: 'override-size', size: b, at } : { type: 'reset-size', at });
    },
    retemplate: (of, _a, b) => {
      const at = this.now;
      this.decide(of, b === 9 ? { type: 'override-template', template: 'third', at } : { type: 'reset-template', at });
    },
    reset: (of, _a, b) => {
      if (b === 0) this.decide(of, { type: 'reset', at: this.now });
    },
    shed: (of) => {
      this.decide(of, { type: 'shed', at: this.now });
    },
    request: (of, a, b) => this.request(of, names[(a + b) % names.length] ?? '', b % 3 === 0),
    clone: (of, _a, b) => {
      const day = `2026-11-2${String(b % 2)}`;
      this.vm(of, b, 'pending', ({ name, vmId }) => {
        return { type: 'note-cloned', name, vmId, seconds: b + 0.25, ip: null, day, at: this.now };
      });
    },
    failClone: (of, _a, b) => {
      this.vm(of, b, 'pending', ({ name, vmId }) => {
        return { type: 'note-clone-failed', name, vmId, message: 'no', permanent: b > 7, at: this.now };
      });
    },
    offer: (of, _a, b) => {
      const day = `2026-11-2${String(b % 2)}`;
      this.vm(of, b, 'pending', ({ name, vmId }) => ({ type: 'offer', name, vmId, day, at: this.now }));
    },
    checkOut: (of, _a, b) => {
      this.decide(of, { type: 'check-out', count: 1 + (b % 2), checkout: this.facts(of, b), at: this.now });
    },
    hold: (_of, a, b) => this.hold(a, b),
    settleHold: (_of, a) => this.settleHold(a),
    return: (of, _a, b) => {
      this.vm(of, b, 'running', ({ name }) => ({ type: 'return-vm', name, ...this.touched, at: this.now }));
    },
    modify: (of, a, b) => this.modify(of, a, b),
    task: (of, a, b) => {
      const id = `t${String(this.count)}`;
      // Ids of snapshots are never used twice.
      const snapshotId = `s${String(this.count)}`;
      const task = a > 4 ? ({ id, kind: 'disk', gb: b } as const) : ({ id, kind: 'snapshot', snapshotId } as const);
      this.vm(of, b, undefined, ({ name }) => ({ type: 'request-task', name, task, ...this.touched, at: this.now }));
    },
    doTask: (of, a, b) => {
      this.vm(of, b, undefined, ({ name, vmId, tasks: [task] }) => {
        const failure = a > 7 ? 'no' : null;
        return task && { type: 'note-task', name, vmId, taskId: task.id, failure, at: this.now };
      });
    },
    expire: (of, _a, b) => {
      if (b < 7) return;
      this.vm(of, b, undefined, ({ name, vmId }) => ({ type: 'expire', name, vmId, at: this.now + 100_000_000 }));
    },
    vanish: (of, _a, b) => {
      if (b < 8) return;
      this.vm(of, b, undefined, (vm) => ({ type: 'retire-vms', vms: [vm], reason: 'vanished', at: this.now }));
    },
    destroy: (of, _a, b) => this.destroy(of, b),
    discover: (of, _a, b) => {
      if (b < 8) return;
      const [name, vmId] = [`${of}-unknown-${String(b)}`, `unknown-${String(this.count)}`];
      this.decide(of, { type: 'discover-vm', name, vmId, placement: samplePlacement, at: this.now });
    },
    askOnDemand: (of, _a, b) => {
      if (b > 5) this.askOnDemand(of, 1 + (b % 2));
    },
    cancelOnDemand: (of, _a, b) => {
      const request = this.requests[b % Math.max(1, this.requests.length)];
      if (request === undefined) return;
      const { stream, requestId } = request;
      const rules = { toucher: null, strictOwnership: false };
      this.onDemand(stream, { type: 'delete', requestId, ...rules, at: this.now });
      this.decide(of, { type: 'cancel-on-demand', request: stream, reason: 'request-deleted', at: this.now });
    },
    later: (_of, _a, b) => {
      if (b < 7) return;
      this.now += samplePoolRules.dataTtlHours * 3_600_000;
      for (const { stream } of this.requests) this.onDemand(stream, { type: 'forget', at: this.now });
    },
    release: (_of, a) => {
      const state = this.claims.get(names[a % names.length] ?? '');
      const isOver = (state?.owner?.forgetAt ?? Infinity) <= this.now;
      if (isOver && state?.owner) this.claim(state.owner.name, 'release', state.owner.vmId);
    },
  };

  private readonly touched = { toucher: null, rules: { authConfigured: false, strictOwnership: false } };

  private facts(requestedAs: string, b: number): CheckoutFacts {
    const tokenHash = b % 3 === 0 ? null : `hash-${String(b % 3)}`;
    return {
      checkoutId: `c${String(this.count)}`,
      requestedAs,
      tokenHash,
      userId: tokenHash,
      lifetime: b > 6 ? b : null,
    };
  }

  private request(of: string, name: string, forRequest: boolean): void {
    const state = this.pools.get(of);
    if (state === undefined) return;
    const vmId = `vm-${String(this.count)}`;
    const generation = this.claim(name, 'claim', vmId, of);
    if (generation === undefined) return;
    const [open] = forRequest ? [...state.requests.keys()] : [];
    const size = { vcpus: 1, memoryMb: 1, diskGb: 1 };
    const plan = { name, vmId, generation, placement: samplePlacement, ...originOf(state), domain: null, ...size };
    const made = this.decide(of, { type: 'request-vm', vm: plan, request: open ?? null, at: this.now });
    if (!made) this.claim(name, 'release', vmId);
  }

  /** Undefined: somebody else has it. */
  private claim(name: string, type: 'claim' | 'release', vmId: string, of = ''): number | undefined {
    const at = this.now;
    const command = type === 'claim' ? { type, name, pool: of, vmId, at } : { type, vmId, at };
    const accepted = this.run(vmName, vmNameStream(name), command);
    const state = this.states.get(vmNameStream(name)) as VmNameState;
    this.claims.set(name, state);
    return accepted ? state.generation : undefined;
  }

  private hold(a: number, b: number): void {
    const id = `c${String(this.count)}`;
    const decidedBy = checkoutStream(id);
    const hold = { type: 'hold', attempt: id, decidedBy, count: 1, deadline: this.now + 9, at: this.now } as const;
    const taken = poolNames.filter((of) => this.decide(of, hold) && this.pools.get(of)?.holds.has(id) === true);
    const { requestedAs: _, ...facts } = this.facts('both', b);
    const at = this.now;
    const completed = taken.length === poolNames.length && a > 2;
    const shares = taken.map((of) => this.share(of, id));
    if (completed) this.run(checkout, decidedBy, { type: 'complete', checkout: facts, shares, at });
    else this.run(checkout, decidedBy, { type: 'fail', checkoutId: id, pools: taken, reason: 'empty', at });
    this.attempts.push({ id, completed, at, facts: { ...facts, requestedAs: 'both' } });
  }

  private share(of: string, attempt: string) {
    const state = this.pools.get(of);
    const vms = (state?.holds.get(attempt)?.vms ?? []).flatMap((name) => state?.vms.get(name) ?? []);
    return {
      pool: of,
      vms: vms.map(({ name, vmId, generation, domain }) => ({ name, vmId, generation, domain, requestedAs: 'both' })),
      expiresAt: null,
    };
  }

  /** What was decided comes to the pools later. */
  private settleHold(a: number): void {
    const [attempt] = this.attempts.splice(a % Math.max(1, this.attempts.length), 1);
    if (attempt === undefined) return;
    const { id, completed, at, facts } = attempt;
    for (const of of poolNames) {
      this.decide(
        of,
        completed
          ? { type: 'confirm-hold', attempt: id, checkout: facts, at }
          : { type: 'release-hold', attempt: id, at: this.now },
      );
    }
  }

  private modify(of: string, a: number, b: number): void {
    const name = names[(a + b) % names.length] ?? '';
    const owner = this.claims.get(name)?.owner;
    if (owner?.pool !== of) return;
    const change = b > 5 ? { lifetime: b, tags: {} } : { tags: { [`key-${String(a % 3)}`]: `value.${String(b)}` } };
    const kept = owner.forgetAt !== null && owner.forgetAt > this.now;
    const day = `2026-11-2${String(b % 2)}`;
    this.decide(of, { type: 'modify-vm', name, kept, ...change, ...this.touched, day, at: this.now });
  }

  private destroy(of: string, b: number): void {
    this.vm(of, b, 'completed', ({ name, vmId }) => ({ type: 'note-destroyed', name, vmId, at: this.now }));
    for (const { event } of this.log.slice(-1)) {
      if (event.type !== 'VmDestroyed') continue;
      const { record, forgetAt } = event.data as { record: { name: string; vmId: string }; forgetAt: number };
      this.run(vmName, vmNameStream(record.name), { type: 'retire', vmId: record.vmId, forgetAt, at: this.now });
      this.claims.set(record.name, this.states.get(vmNameStream(record.name)) as VmNameState);
    }
  }

  private askOnDemand(of: string, count: number): void {
    const requestId = `r${String(this.requests.length % 3)}`;
    const stream = onDemandStream(requestId, this.requests.length);
    const facts = this.facts(of, count);
    const at = this.now;
    const shares = [{ requestedAs: of, pool: of, count }];
    const asked = { stream, requestId, generation: this.requests.length, shares, checkout: facts };
    this.onDemand(stream, { type: 'request', ...asked, deadline: at + 300_000, ttlMinutes: 5, at });
    this.requests.push({ stream, requestId });
    this.decide(of, { type: 'queue-on-demand', request: stream, count, checkout: facts, at });
  }

  private onDemand(stream: string, command: OnDemandCommand): void {
    this.run(onDemand, stream, command);
  }

  /** About one of the pool's machines, if it has any in that queue. */
  private vm(
    of: string,
    b: number,
    queue: Vm['queue'] | undefined,
    command: (vm: Readonly<Vm>) => PoolCommand | undefined,
  ): void {
    const all = [...(this.pools.get(of)?.vms.values() ?? [])];
    const vms = all.filter((vm) => queue === undefined || vm.queue === queue);
    const vm = vms[b % Math.max(1, vms.length)];
    const about = vm && command(vm);
    if (about) this.decide(of, about);
  }

  private decide(of: string, command: PoolCommand): boolean {
    const accepted = this.run(pool, poolStream(of), command);
    this.pools.set(of, this.states.get(poolStream(of)) as PoolState);
    return accepted;
  }

  private run<State, Command, Event extends DomainEvent, Code extends string>(
    { decider }: AggregateDefinition<State, Command, Event, Code>,
    stream: string,
    command: Command,
  ): boolean {
    let state = this.states.has(stream) ? (this.states.get(stream) as State) : decider.initialState();
    const decision = decider.decide(command, state);
    if (decision.kind === 'accepted') {
      for (const event of decision.events) {
        this.log.push({ stream, event });
        // As it comes back from a log: no part of it is shared with the state.
        state = decider.evolve(state, JSON.parse(JSON.stringify(event)) as Event);
      }
    }
    this.states.set(stream, state);
    return decision.kind === 'accepted';
  }
}
