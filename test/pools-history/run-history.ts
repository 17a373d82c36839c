import { seededRandom } from '../bench/random.js';
import { logIn } from '../server-process.js';
import type { History, Operation, Quiet } from './history.type.js';
import { configuration, pools } from './lab.js';
import { ask, PoolClient } from './pool-client.js';
import { ServerInTurns } from './server-in-turns.js';

export interface HistoryOptions {
  readonly seed: number;
  readonly clients: number;
  readonly operations: number;
}

/** Clients at work on one server over HTTP, which is killed and started again at random moments; then quiet. */
export async function runHistory({ seed, clients, operations }: HistoryOptions): Promise<History> {
  const server = new ServerInTurns(configuration());
  const book: Operation[] = [];
  try {
    await server.start();
    await untilQuiet(server);
    const share = Math.ceil(operations / clients);
    let ended = 0;
    const working = (): boolean => ended === 0;
    const work = Promise.all(
      Array.from({ length: clients }, (_, n) =>
        new PoolClient(n, server, seededRandom(seed * 1000 + n), book).work(share),
      ),
    ).finally(() => {
      ended = performance.now();
    });
    const random = seededRandom(seed);
    const killing = (async () => {
      while (working()) {
        await new Promise((resolve) => setTimeout(resolve, 500 + random() * 2500));
        if (working()) await server.killAndStart();
      }
    })();
    await work;
    await killing;
    // Once more, so that what was under way at the end is finished by another process.
    await server.killAndStart();
    return { seed, pools, operations: book, kills: server.kills, quiet: await untilQuiet(server, book) };
  } finally {
    await server.close();
  }
}

interface Status {
  readonly pools: Readonly<Record<string, { ready: number; pending: number; running: number; max: number }>>;
  readonly queue: { readonly completed: number };
}

/** How long the pools may take to fill up; what has not come by then never will. */
const patienceMs = 90_000;

async function untilQuiet(server: ServerInTurns, book: readonly Operation[] = []): Promise<Quiet> {
  const url = await server.url();
  const until = performance.now() + patienceMs;
  let status: Status | undefined;
  let calm = 0;
  while (performance.now() < until && calm < 3) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    status = (await ask(url, 'GET', '/api/v3/status'))?.body as unknown as Status;
    calm = isCalm(status) ? calm + 1 : 0;
  }
  if (status === undefined) throw new Error('the server tells no status');
  const running = new Map<string, readonly string[]>();
  const poolOf = new Map<string, string>();
  for (const token of new Set(book.map((operation) => operation.token))) {
    const heard = await ask(url, 'GET', `/api/v3/token/${token}`);
    const shown = heard?.body[token] as { vms?: { running?: string[] } } | undefined;
    const vms = (shown?.vms?.running ?? []).map((vm) => vm.split('.')[0] ?? vm);
    running.set(token, vms);
    for (const vm of vms) {
      const record = (await ask(url, 'GET', `/api/v3/vm/${vm}`))?.body[vm] as { template: string } | undefined;
      poolOf.set(vm, record?.template ?? 'unknown');
    }
  }
  const queues = new Map(Object.entries(status.pools));
  return { queues, completed: status.queue.completed, running, poolOf, guests: await guests(url) };
}

function isCalm(status: Status | undefined): boolean {
  if (status?.pools === undefined || status.queue.completed > 0) return false;
  return Object.values(status.pools).every(({ ready, pending, max }) => ready === max && pending === 0);
}

async function guests(url: string): Promise<number> {
  const headers = { 'x-auth-token': await logIn(url) };
  const heard = await ask(url, 'GET', '/compute/v2.1/os-hypervisors/statistics', headers);
  return (heard?.body.hypervisor_statistics as { running_vms: number }).running_vms;
}
