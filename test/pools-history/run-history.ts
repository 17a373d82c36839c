import { ask } from '../ask.js';
import { seededRandom } from '#specs';
import { logIn } from '../server-process.js';
import type { History, Operation, Quiet } from './history.type.js';
import { configuration, pools } from './lab.js';
import { PoolClient } from './pool-client.js';
import { ServerInTurns } from '../server-in-turns.js';

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
      while (working() && server.kills < mostKills) {
        await new Promise((resolve) => setTimeout(resolve, 1000 + random() * 4000));
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

/** Each costs a start, and the clients wait for it. */
const mostKills = 15;
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
    calm = isCalm(status) && (await nothingElse(url, status)) ? calm + 1 : 0;
  }
  if (status === undefined) throw new Error('the server tells no status');
  const running = new Map<string, ReadonlyMap<string, string>>();
  for (const token of new Set(book.map((operation) => operation.token))) {
    const heard = await ask(url, 'GET', `/api/v3/token/${token}`);
    const shown = heard?.body[token] as { vms?: { running?: string[] } } | undefined;
    const pools = new Map<string, string>();
    for (const vm of shown?.vms?.running ?? []) {
      const record = (await ask(url, 'GET', `/api/v3/vm/${vm}`))?.body[vm] as { template: string } | undefined;
      pools.set(vm, record?.template ?? 'unknown');
    }
    running.set(token, pools);
  }
  const queues = new Map(Object.entries(status.pools));
  return { queues, completed: status.queue.completed, running, guests: await guests(url) };
}

function isCalm(status: Status | undefined): status is Status {
  if (status?.pools === undefined || status.queue.completed > 0) return false;
  return Object.values(status.pools).every(({ ready, pending, max }) => ready === max && pending === 0);
}

/** Do the hosts run what is ready and running, and nothing else? */
async function nothingElse(url: string, status: Status): Promise<boolean> {
  const counted = Object.values(status.pools).reduce((sum, { ready, running }) => sum + ready + running, 0);
  return (await guests(url)) === counted;
}

async function guests(url: string): Promise<number> {
  const headers = { 'x-auth-token': await logIn(url) };
  const heard = await ask(url, 'GET', '/compute/v2.1/os-hypervisors/statistics', headers);
  return (heard?.body.hypervisor_statistics as { running_vms: number }).running_vms;
}
