import { logIn, ServerProcess, temporaryFolder } from './server-process.js';

export interface CrashReport {
  readonly rounds: number;
  readonly acknowledged: number;
  readonly slowestReadyMs: number;
  readonly lost: readonly string[];
  readonly duplicated: readonly string[];
  readonly resurrected: readonly string[];
}

interface Book {
  /** Names whose creation was acknowledged, with the id that was answered. */
  readonly created: Map<string, number>;
  readonly deleted: Set<string>;
  /** Asked for, with no answer: either outcome is right. */
  readonly unknown: Set<string>;
}

interface Aggregate {
  readonly id: number;
  readonly name: string;
}

const writers = 16;

/**
 * Kills the server with SIGKILL at random moments while 16 writers create and delete aggregates, and after each start
 * compares what was acknowledged with what is there.
 */
export async function crashRounds(
  rounds: number,
  from: 'dist' | 'sources',
  random: () => number,
): Promise<CrashReport> {
  const folder = temporaryFolder();
  const book: Book = { created: new Map(), deleted: new Set(), unknown: new Set() };
  const lost = new Set<string>();
  const duplicated = new Set<string>();
  const resurrected = new Set<string>();
  let slowestReadyMs = 0;
  try {
    for (let round = 0; round <= rounds; round += 1) {
      const server = await ServerProcess.start({
        dataDir: folder.path,
        from,
        environment: { LEASEBOOK_LOG_LEVEL: 'info' },
      });
      slowestReadyMs = Math.max(slowestReadyMs, server.readyAfterMs);
      try {
        const token = await logIn(server.url);
        await compare(server.url, token, book, { lost, duplicated, resurrected });
        if (round === rounds) break;
        const work = Array.from({ length: writers }, (_, writer) =>
          write(server, token, book, `r${String(round)}-w${String(writer)}`, random),
        );
        await new Promise((resolve) => setTimeout(resolve, 200 + random() * 800));
        await server.kill();
        await Promise.all(work);
      } finally {
        await server.kill();
      }
    }
  } finally {
    folder.remove();
  }
  return {
    rounds,
    acknowledged: book.created.size + book.deleted.size,
    slowestReadyMs,
    lost: [...lost],
    duplicated: [...duplicated],
    resurrected: [...resurrected],
  };
}

/** One writer: until the server is gone. */
async function write(
  server: ServerProcess,
  token: string,
  book: Book,
  prefix: string,
  random: () => number,
): Promise<void> {
  for (let n = 0; !server.exited; n += 1) {
    const name = `${prefix}-${String(n)}`;
    book.unknown.add(name);
    const answer = await call(server.url, token, 'POST', '/os-aggregates', { aggregate: { name } });
    if (answer === undefined) return;
    if (answer.status !== 200) continue;
    book.unknown.delete(name);
    book.created.set(name, (answer.body as { aggregate: Aggregate }).aggregate.id);
    if (random() > 0.3) continue;
    book.unknown.add(name);
    const gone = await call(server.url, token, 'DELETE', `/os-aggregates/${String(book.created.get(name))}`);
    if (gone === undefined) return;
    book.unknown.delete(name);
    if (gone.status !== 200) continue;
    book.created.delete(name);
    book.deleted.add(name);
  }
}

/** Undefined when the connection broke: nothing is known then. */
async function call(
  url: string,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: unknown } | undefined> {
  try {
    const response = await fetch(`${url}/compute/v2.1${path}`, {
      method,
      headers: { 'x-auth-token': token, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  } catch {
    return undefined;
  }
}

async function compare(
  url: string,
  token: string,
  book: Book,
  found: { readonly lost: Set<string>; readonly duplicated: Set<string>; readonly resurrected: Set<string> },
): Promise<void> {
  const answer = await call(url, token, 'GET', '/os-aggregates');
  if (answer?.status !== 200) throw new Error(`the list was refused: ${JSON.stringify(answer)}`);
  const seen = new Map<string, number>();
  for (const { id, name } of (answer.body as { aggregates: Aggregate[] }).aggregates) {
    if (seen.has(name)) found.duplicated.add(name);
    seen.set(name, id);
    if (book.deleted.has(name)) found.resurrected.add(name);
  }
  for (const [name, id] of book.created) if (!book.unknown.has(name) && seen.get(name) !== id) found.lost.add(name);
  // Whatever came of the unanswered ones is now known.
  for (const name of book.unknown) {
    const id = seen.get(name);
    if (id === undefined) {
      if (book.created.delete(name)) book.deleted.add(name);
    } else book.created.set(name, id);
  }
  book.unknown.clear();
}
