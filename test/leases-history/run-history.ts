import { ask } from '../ask.js';
import { seededRandom } from '#specs';
import { ServerInTurns } from '../server-in-turns.js';
import { logIn } from '../server-process.js';
import type { Booking, History, LoggedEvent, Operation, Quiet, ShownLease } from './history.type.js';
import { configuration, hosts } from './lab.js';
import { LeaseClient, shownBookings, shownLease } from './lease-client.js';

export interface HistoryOptions {
  readonly seed: number;
  readonly clients: number;
  readonly operations: number;
  readonly partitions: 1 | 2;
  /** Reads the log of a server that is stopped. */
  readonly readLog: (dataDir: string) => Promise<readonly LoggedEvent[]>;
}

/** Each costs a start, and the clients wait for it. */
const mostKills = 10;
/** How long what is under way may take to end; what has not by then never will. */
const patienceMs = 60_000;

/** Clients at work on one server over HTTP, which is killed and started again at random moments; then quiet. */
export async function runHistory({ seed, clients, operations, partitions, readLog }: HistoryOptions): Promise<History> {
  const server = new ServerInTurns(configuration(partitions));
  const book: Operation[] = [];
  try {
    await server.start();
    const api = new Administrator(server);
    const nameOf = await api.enrol();
    const share = Math.ceil(operations / clients);
    let ended = 0;
    const working = (): boolean => ended === 0;
    const work = Promise.all(
      Array.from({ length: clients }, (_, n) =>
        new LeaseClient(n, server, () => api.token(), nameOf, seededRandom(seed * 1000 + n), book).work(share),
      ),
    ).finally(() => {
      ended = performance.now();
    });
    const random = seededRandom(seed);
    const killing = (async () => {
      while (working() && server.kills < mostKills) {
        await new Promise((resolve) => setTimeout(resolve, 500 + random() * 3500));
        if (working()) await server.killAndStart();
      }
    })();
    await work;
    await killing;
    // Once more, so that what was under way at the end is finished by another process.
    await server.killAndStart();
    const quiet = await api.quiet(nameOf);
    await server.stop();
    const log = await readLog(server.dataDir);
    return { seed, hosts, freePool: 'freepool', operations: book, kills: server.kills, quiet, log };
  } finally {
    await server.close();
  }
}

/** Sets the stage and looks at it in the end. */
class Administrator {
  private held: { readonly token: string; readonly at: number } | undefined;

  constructor(private readonly server: ServerInTurns) {}

  async token(): Promise<string> {
    for (;;) {
      if (this.held !== undefined && performance.now() - this.held.at < 600_000) return this.held.token;
      const url = await this.server.url();
      try {
        this.held = { token: await logIn(url), at: performance.now() };
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  /** Names by host id. */
  async enrol(): Promise<ReadonlyMap<string, string>> {
    const nameOf = new Map<string, string>();
    for (const name of hosts) {
      const { host } = await this.ask('POST', '/v1/os-hosts', { name });
      nameOf.set((host as { id: string }).id, name);
    }
    return nameOf;
  }

  async quiet(nameOf: ReadonlyMap<string, string>): Promise<Quiet> {
    const { leases, bookings } = await this.settled(nameOf, (lease) => !transitional.has(lease.status));
    const lookedAt = Date.now();
    // A lease that just starts or ends cannot be deleted at that moment.
    for (let round = 0; round < 5; round += 1)
      for (const { id } of await this.leases()) await this.ask('DELETE', `/v1/leases/${id}`);
    const after = await this.settled(nameOf, () => false);
    return { lookedAt, leases, bookings, afterDeletion: { ...after, aggregates: await this.aggregates() } };
  }

  /** Until every lease is as it should be, or patience ends. */
  private async settled(
    nameOf: ReadonlyMap<string, string>,
    isCalm: (lease: ShownLease) => boolean,
  ): Promise<{ readonly leases: readonly ShownLease[]; readonly bookings: readonly Booking[] }> {
    const until = performance.now() + patienceMs;
    for (;;) {
      const bookings = shownBookings(await this.ask('GET', '/v1/os-hosts/allocations'), nameOf);
      const leases = await this.leases();
      if (leases.every(isCalm) || performance.now() > until) return { leases, bookings };
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  private async leases(): Promise<readonly ShownLease[]> {
    const { leases } = await this.ask('GET', '/v1/leases');
    return (leases as readonly Record<string, unknown>[]).map(shownLease);
  }

  private async aggregates(): Promise<ReadonlyMap<string, readonly string[]>> {
    const { aggregates } = await this.ask('GET', '/compute/v2.1/os-aggregates');
    return new Map((aggregates as { name: string; hosts: string[] }[]).map((each) => [each.name, each.hosts]));
  }

  private async ask(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) {
    const headers = { 'x-auth-token': await this.token(), 'content-type': 'application/json' };
    const text = body === undefined ? undefined : JSON.stringify(body);
    const heard = await ask(await this.server.url(), method, path, headers, text);
    if (heard === undefined) throw new Error(`no answer to ${method} ${path}`);
    if (heard.status >= 400 && method === 'POST') throw new Error(`${path}: ${JSON.stringify(heard.body)}`);
    return heard.body;
  }
}

const transitional: ReadonlySet<string> = new Set(['CREATING', 'STARTING', 'UPDATING', 'TERMINATING', 'DELETING']);
