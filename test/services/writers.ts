import type { ServerProcess } from '../server-process.js';

export interface Attempt {
  readonly name: string;
  /** `performance.now()` before it was sent. */
  readonly startedAt: number;
  /** Undefined: the connection broke. */
  readonly status: number | undefined;
  readonly id: number | undefined;
}

interface Aggregate {
  readonly id: number;
  readonly name: string;
}

/** Writers that create aggregates, one after the other each, and keep book of every answer. */
export class Writers {
  readonly attempts: Attempt[] = [];
  private working = true;
  private readonly work: Promise<unknown>;

  constructor(
    private readonly server: ServerProcess,
    private readonly token: string,
    count: number,
    private readonly prefix = 'w',
  ) {
    this.work = Promise.all(Array.from({ length: count }, (_, writer) => this.write(writer)));
  }

  /** Lets what is under way finish. */
  async stop(): Promise<void> {
    this.working = false;
    await this.work;
  }

  get acknowledged(): readonly Attempt[] {
    return this.attempts.filter(({ status }) => status === 200);
  }

  private async write(writer: number): Promise<void> {
    for (let n = 0; this.working && !this.server.exited; n += 1) {
      const name = `${this.prefix}-${String(writer)}-${String(n)}`;
      const startedAt = performance.now();
      const answer = await createAggregate(this.server.url, this.token, name);
      this.attempts.push({ name, startedAt, ...answer });
      // A server that refuses at once would otherwise be asked thousands of times a second.
      if (answer.status !== 200) await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

export async function createAggregate(
  url: string,
  token: string,
  name: string,
): Promise<{ readonly status: number | undefined; readonly id: number | undefined }> {
  try {
    const response = await fetch(`${url}/compute/v2.1/os-aggregates`, {
      method: 'POST',
      headers: { 'x-auth-token': token, 'content-type': 'application/json' },
      body: JSON.stringify({ aggregate: { name } }),
    });
    const body = (await response.json()) as { aggregate?: Aggregate };
    return { status: response.status, id: body.aggregate?.id };
  } catch {
    return { status: undefined, id: undefined };
  }
}

/** Ids by name, as the server lists them. Throws when a name or an id is there twice. */
export async function listAggregates(url: string, token: string): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`${url}/compute/v2.1/os-aggregates`, { headers: { 'x-auth-token': token } });
  if (response.status !== 200) throw new Error(`${String(response.status)} ${await response.text()}`);
  const { aggregates } = (await response.json()) as { aggregates: Aggregate[] };
  const byName = new Map(aggregates.map(({ id, name }) => [name, id]));
  if (byName.size !== aggregates.length || new Set(byName.values()).size !== aggregates.length)
    throw new Error(`a name or an id is listed twice: ${JSON.stringify(aggregates)}`);
  return byName;
}

/** Names of acknowledged attempts that the list lacks or shows under another id. */
export function missingFrom(listed: ReadonlyMap<string, number>, acknowledged: readonly Attempt[]): readonly string[] {
  return acknowledged.filter(({ name, id }) => listed.get(name) !== id).map(({ name }) => name);
}

/** Asks until the answer is right; rejects after the deadline with the last answer. */
export async function until<T>(
  ask: () => Promise<T>,
  isRight: (answer: T) => boolean,
  deadlineMs = 20_000,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (isRight(answer)) return answer;
    if (performance.now() > end) throw new Error(`still not so: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export interface Ready {
  readonly status: number;
  readonly checks: readonly { readonly name: string; readonly ready: boolean; readonly reason?: string }[];
}

export async function readiness(url: string): Promise<Ready> {
  const response = await fetch(`${url}/readyz`);
  const { checks } = (await response.json()) as Pick<Ready, 'checks'>;
  return { status: response.status, checks };
}
