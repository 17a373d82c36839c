import type { History, Operation, PoolShape } from './history.type.js';

type CheckOut = Extract<Operation, { kind: 'check-out' }>;

/**
 * What is wrong with a history of checkouts, returns, kills and restarts; nothing: every machine had one holder, each
 * checkout got all or nothing, and in the end every count is right and nothing is held.
 */
export function violations(history: History): readonly string[] {
  return [
    ...doubleHolders(history),
    ...notAllOrNothing(history),
    ...unexplained(history),
    ...wrongCounts(history),
    ...serverErrors(history),
  ];
}

/** A machine is given out once in its life: whoever gets a name that was given before shares it, or gets what was thrown away. */
function doubleHolders({ operations }: History): string[] {
  const holder = new Map<string, CheckOut>();
  const found: string[] = [];
  for (const operation of operations) {
    if (operation.kind !== 'check-out') continue;
    for (const vm of [...operation.given.values()].flat()) {
      const before = holder.get(vm);
      if (before !== undefined)
        found.push(
          `${vm} went to client ${String(before.client)} at ${String(before.sentAt)} and to client ${String(operation.client)} at ${String(operation.sentAt)}`,
        );
      holder.set(vm, operation);
    }
  }
  return found;
}

function notAllOrNothing({ operations }: History): string[] {
  return operations.flatMap((operation) => {
    if (operation.kind !== 'check-out') return [];
    if (operation.answered !== 200)
      return operation.given.size > 0 ? [`a checkout refused with ${String(operation.answered)} gave machines`] : [];
    const wanted = JSON.stringify([...operation.wanted]);
    const given = JSON.stringify(Array.from(operation.given, ([name, vms]) => [name, vms.length]));
    return wanted === given ? [] : [`asked for ${wanted}, given ${given}`];
  });
}

/**
 * What runs under a token, whenever its client looked and in the end, is what the client was given and has not returned;
 * what is more must be the whole of checkouts that it never heard the end of, and what is less returns of that kind.
 */
function unexplained({ operations, quiet, pools }: History): string[] {
  const found: string[] = [];
  const byToken = new Map<string, Operation[]>();
  for (const operation of operations) {
    const sent = byToken.get(operation.token);
    if (sent === undefined) byToken.set(operation.token, [operation]);
    else sent.push(operation);
  }
  for (const [token, sent] of byToken) {
    const account = new Account(token, pools);
    for (const operation of sent) found.push(...account.hear(operation));
    found.push(...account.settle(quiet.running.get(token) ?? new Map<string, string>()));
  }
  for (const [token, vms] of quiet.running)
    if (!byToken.has(token) && vms.size > 0) found.push(`machines run under ${token}, which nobody used`);
  return found;
}

/** What must and what may run under one token. */
class Account {
  private expected = new Set<string>();
  private maybeGone = new Set<string>();
  private open: CheckOut[] = [];

  constructor(
    private readonly token: string,
    private readonly pools: readonly PoolShape[],
  ) {}

  hear(operation: Operation): readonly string[] {
    const unheard = operation.answered === undefined || operation.answered >= 500;
    if (operation.kind === 'look') return unheard ? [] : this.settle(operation.running);
    if (operation.kind === 'check-out') {
      for (const vm of [...operation.given.values()].flat()) this.expected.add(vm);
      if (unheard) this.open.push(operation);
    } else if (operation.kind === 'return') {
      if (unheard) this.maybeGone.add(operation.vm);
      else this.expected.delete(operation.vm);
    }
    return [];
  }

  /** Whatever was unheard is known now. */
  settle(running: ReadonlyMap<string, string>): readonly string[] {
    const found = [...this.expected]
      .filter((vm) => !running.has(vm) && !this.maybeGone.has(vm))
      .map((vm) => `${vm} was given under ${this.token} and is gone`);
    const more = [...running.keys()].filter((vm) => !this.expected.has(vm));
    if (!explained(more, this.open, running, this.pools))
      found.push(`under ${this.token} run ${more.join(', ')}, which no unanswered checkout of it explains whole`);
    this.expected = new Set(running.keys());
    this.maybeGone = new Set();
    this.open = [];
    return found;
  }
}

/** Are these the machines of some of those checkouts, each of them whole? */
function explained(
  vms: readonly string[],
  open: readonly CheckOut[],
  poolOf: ReadonlyMap<string, string>,
  pools: readonly PoolShape[],
): boolean {
  if (vms.length === 0) return true;
  const [first, ...others] = open;
  if (first === undefined) return false;
  if (explained(vms, others, poolOf, pools)) return true;
  const wants = [...first.wanted].flatMap(([name, count]) => Array.from({ length: count }, () => name));
  return choices(vms, wants, poolOf, pools).some((rest) => explained(rest, others, poolOf, pools));
}

/** What is left of the machines after one was taken for each wanted name, for every way of choosing. */
function choices(
  vms: readonly string[],
  wants: readonly string[],
  poolOf: ReadonlyMap<string, string>,
  pools: readonly PoolShape[],
): readonly (readonly string[])[] {
  const [want, ...others] = wants;
  if (want === undefined) return [vms];
  const serve = new Set(
    pools.filter(({ name, aliases }) => name === want || aliases.includes(want)).map(({ name }) => name),
  );
  const tried = new Set<string>();
  return vms.flatMap((vm, index) => {
    const pool = poolOf.get(vm) ?? '';
    // Machines of one pool are alike.
    if (!serve.has(pool) || tried.has(pool)) return [];
    tried.add(pool);
    return choices(vms.toSpliced(index, 1), others, poolOf, pools);
  });
}

function wrongCounts({ pools, quiet }: History): string[] {
  const found: string[] = [];
  const all = Array.from(quiet.running.values(), (vms) => [...vms.values()]).flat();
  let sum = 0;
  for (const { name, size } of pools) {
    const queues = quiet.queues.get(name);
    if (queues === undefined) {
      found.push(`${name} is in no status`);
      continue;
    }
    sum += queues.ready + queues.running;
    if (queues.ready !== size) found.push(`${name} has ${String(queues.ready)} ready, not ${String(size)}`);
    if (queues.pending !== 0) found.push(`${name} still has ${String(queues.pending)} pending`);
    const running = all.filter((pool) => pool === name).length;
    if (queues.running !== running)
      found.push(`${name} counts ${String(queues.running)} running; its tokens show ${String(running)}`);
  }
  if (quiet.completed !== 0) found.push(`${String(quiet.completed)} are still to be destroyed`);
  // What is held counts nowhere, and yet runs on a host.
  if (quiet.guests !== sum)
    found.push(
      `hosts run ${String(quiet.guests)} machines, and ${String(sum)} are ready or running: the rest is held or lost`,
    );
  return found;
}

/** 503 is an answer; anything else above 499 is a fault. */
function serverErrors({ operations }: History): string[] {
  return operations
    .filter(({ answered }) => answered !== undefined && answered >= 500 && answered !== 503)
    .map(({ kind, answered }) => `${kind} was answered with ${String(answered)}`);
}
