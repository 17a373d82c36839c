import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

export interface StartOptions {
  readonly dataDir: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Command that runs node, for fault injection: `['strace', '-f', …]`. */
  readonly wrapper?: readonly string[];
  /** `dist`: as built; `sources`: compiled on the fly, needs no build. */
  readonly from?: 'dist' | 'sources';
}

export const testAdminPassword = 'correct-horse-battery-staple';

/** A server in a process of its own, as a user would start it: for what only a real process can show. */
export class ServerProcess {
  private output = '';

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    /** Milliseconds from the start of the process to its being ready. */
    readonly readyAfterMs: number,
  ) {}

  /** Rejects with what the server wrote when it ends instead of listening. */
  static async start(options: StartOptions): Promise<ServerProcess> {
    const began = performance.now();
    const [command = process.execPath, ...args] = [
      ...(options.wrapper ?? []),
      process.execPath,
      ...entry(options.from ?? 'sources'),
    ];
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        LEASEBOOK_DATA_DIR: options.dataDir,
        LEASEBOOK_PORT: '0',
        LEASEBOOK_ADMIN_PASSWORD: testAdminPassword,
        ...options.environment,
      },
    });
    const { url, lines } = await untilListening(child);
    const server = new ServerProcess(child, url, performance.now() - began);
    server.output = lines;
    return server;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get exited(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** kill -9, to the process group's one member that matters; fulfilled when it is gone. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** A graceful stop; the exit code. */
  async stop(): Promise<number | null> {
    await this.end('SIGTERM');
    return this.child.exitCode;
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.exited) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill(signal);
    await gone;
  }
}

function entry(from: 'dist' | 'sources'): readonly string[] {
  if (from === 'dist') return [join(root, 'dist/apps/server/src/main.js')];
  const hook = new URL('./typescript.mjs', import.meta.url).href;
  return ['--conditions=source', '--import', hook, join(root, 'apps/server/src/main.ts')];
}

function untilListening(child: ChildProcess): Promise<{ readonly url: string; readonly lines: string }> {
  return new Promise((resolve, reject) => {
    let errors = '';
    let lines = '';
    child.stderr?.on('data', (chunk: Buffer) => (errors = `${errors}${chunk.toString()}`.slice(-20_000)));
    if (child.stdout === null) throw new Error('no standard output');
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines = `${lines}${line}\n`.slice(-20_000);
      const url = /"url":"([^"]+)".*"msg":"listening"/.exec(line)?.[1];
      if (url !== undefined) resolve({ url, lines });
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      reject(new Error(`the server ended with ${String(code ?? signal)} before it listened\n${errors}\n${lines}`));
    });
  });
}

export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'leasebook-'));
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** A token by password; retried while the server comes up. */
export async function logIn(
  url: string,
  user = 'admin',
  password = testAdminPassword,
  project = user,
): Promise<string> {
  const domain = { id: 'default' };
  const response = await fetch(`${url}/identity/v3/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auth: {
        identity: { methods: ['password'], password: { user: { name: user, domain, password } } },
        scope: { project: { name: project, domain } },
      },
    }),
  });
  const token = response.headers.get('x-subject-token');
  if (token === null) throw new Error(`no token for ${user}: ${String(response.status)} ${await response.text()}`);
  return token;
}
