import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { createLogger } from '../apps/server/src/operations/logger.js';
import { openEmbedded } from '../apps/server/src/profiles/embedded.profile.js';
import type { Ports } from '../apps/server/src/profiles/ports.js';
import { loadSettings } from '../apps/server/src/profiles/settings.js';
import type { Settings } from '../apps/server/src/profiles/settings.type.js';
import { createServer, type RunningServer } from '../apps/server/src/server.js';
import type { Clock } from '../libs/kernel/src/clock.js';
import { logIn } from './server-process.js';

export const adminPassword = 'correct-horse-battery-staple';

export interface InProcessOptions {
  readonly settings?: Partial<Settings>;
  /** Kept when the server stops; otherwise a temporary one is made and removed. */
  readonly dataDir?: string;
  /** What the server sees instead of the ports that were opened: faults, for example. */
  readonly wrap?: (ports: Ports) => Ports;
}

export interface InProcessServer {
  readonly running: RunningServer;
  readonly url: string;
  readonly settings: Settings;
  /** Every line of the log so far, parsed. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /** The time of tokens; add to `offset` to let it pass. Milliseconds. */
  readonly time: { offset: number };
  stop(): Promise<void>;
}

/** The whole server, over real HTTP and with its embedded stores, in this process: for what a test wants to look into. */
export async function startInProcess(options: InProcessOptions = {}): Promise<InProcessServer> {
  const folder = options.dataDir ?? mkdtempSync(join(tmpdir(), 'leasebook-'));
  const settings: Settings = {
    ...loadSettings({
      LEASEBOOK_DATA_DIR: folder,
      LEASEBOOK_PORT: '0',
      LEASEBOOK_ADMIN_PASSWORD: adminPassword,
      LEASEBOOK_LOG_LEVEL: 'info',
    }),
    ...options.settings,
  };
  const log: Record<string, unknown>[] = [];
  const logger = createLogger(settings, collecting(log));
  const time = { offset: 0 };
  const clock: Clock = { now: () => Date.now() + time.offset };
  const ports: Ports = { ...(await openEmbedded(settings, pino({ level: 'silent' }))), clock };
  const running = await createServer(settings, { logger, ports: options.wrap?.(ports) ?? ports });
  return {
    running,
    url: running.url,
    settings,
    log,
    time,
    stop: async () => {
      await running.stop();
      if (options.dataDir === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function collecting(lines: Record<string, unknown>[]): Writable {
  let rest = '';
  return new Writable({
    write: (chunk: Buffer | string, _encoding, done) => {
      const parts = `${rest}${chunk.toString()}`.split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) lines.push(JSON.parse(part) as Record<string, unknown>);
      done();
    },
  });
}

/** An answer with its body parsed, where it is JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // Whoever asked knows what it should be.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly json: any;
}

export async function ask(
  url: string,
  method: string,
  path: string,
  { token, json, headers }: { token?: string; json?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const answer = await fetch(`${url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(token === undefined ? {} : { 'x-auth-token': token }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, json: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Ids and tokens of people who may do different things. */
export interface People {
  /** Administrator, in project admin. */
  readonly admin: string;
  /** Member of project demo. */
  readonly demo: string;
  /** Reader of project demo. */
  readonly reader: string;
  /** Member of another project. */
  readonly stranger: string;
  readonly ids: Readonly<
    Record<'adminUser' | 'demoUser' | 'demoProject' | 'readerUser' | 'strangerUser' | 'strangerProject', string>
  >;
}

export const peoplePassword = 'a-password-of-somebody';

/** Makes a reader of the demo project and a member of another one, and logs everybody in. */
export async function makePeople(url: string): Promise<People> {
  const admin = await logIn(url, 'admin', adminPassword);
  const made = async (path: string, json: unknown): Promise<Record<string, { id: string }>> => {
    const answer = await ask(url, 'POST', `/identity/v3${path}`, { token: admin, json });
    if (answer.status !== 201) throw new Error(`POST ${path}: ${String(answer.status)} ${answer.text}`);
    return answer.json as Record<string, { id: string }>;
  };
  const found = async (kind: 'users' | 'projects' | 'roles', name: string): Promise<string> => {
    const { json } = await ask(url, 'GET', `/identity/v3/${kind}?name=${name}`, { token: admin });
    return (json as Record<string, { id: string }[]>)[kind]![0]!.id;
  };
  const demoProject = await found('projects', 'demo');
  const project = (await made('/projects', { project: { name: 'elsewhere' } })).project!.id;
  const user = async (name: string, projectId: string, role: string): Promise<string> => {
    const { id } = (await made('/users', { user: { name, password: peoplePassword } })).user!;
    const path = `/identity/v3/projects/${projectId}/users/${id}/roles/${await found('roles', role)}`;
    const { status } = await ask(url, 'PUT', path, { token: admin });
    if (status !== 204) throw new Error(`PUT ${path}: ${String(status)}`);
    return id;
  };
  const readerUser = await user('reader', demoProject, 'reader');
  const strangerUser = await user('stranger', project, 'member');
  return {
    admin,
    demo: await logIn(url, 'demo', 'demo'),
    reader: await logIn(url, 'reader', peoplePassword, 'demo'),
    stranger: await logIn(url, 'stranger', peoplePassword, 'elsewhere'),
    ids: {
      adminUser: await found('users', 'admin'),
      demoUser: await found('users', 'demo'),
      demoProject,
      readerUser,
      strangerUser,
      strangerProject: project,
    },
  };
}
