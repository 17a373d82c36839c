import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The same as `npm start` gives (apps/cli/launch/prepare.mjs). */
const serverFlags = ['--max-semi-space-size=8', '--heap-growing-percent=50'];

const root = fileURLToPath(new URL('..', import.meta.url));

export interface StartOptions {
  readonly dataDir: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Command that runs node, for fault injection: `['strace', '-f', …]`. */
  readonly wrapper?: readonly string[];
  /** `dist`: as built; `sources`: compiled on the fly, needs no build. */
  readonly from?: 'dist' | 'sources';
  /** Working folder; the repository by default. */
  readonly cwd?: string;
  /** Killed when it has not said by then that it listens (its log must not be quieter than `info`). Default: 180,000. */
  readonly listensWithinMs?: number;
  /** Its log goes there instead of to this process: reading along would take the time that a bench measures. */
  readonly logFile?: string;
}

/** The process ended instead of listening. */
export class DidNotStart extends Error {
  override readonly name = 'DidNotStart';
  constructor(
    readonly exitCode: number | null,
    readonly standardOutput: string,
    readonly standardError: string,
  ) {
    super(`the server ended with ${String(exitCode)} before it listened\n${standardError}\n${standardOutput}`);
  }
}

/** Most characters kept of each output, from its end. */
const kept = 4_000_000;

export const testAdminPassword = 'correct-horse-battery-staple';

/** A server in a process of its own, as a user would start it: for what only a real process can show. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly output: Output,
    readonly url: string,
    /** Milliseconds from the start of the process to its being ready. */
    readonly readyAfterMs: number,
  ) {}

  /** Rejects with DidNotStart when it ends instead of listening. */
  static async start(options: StartOptions): Promise<ServerProcess> {
    const began = performance.now();
    const [command = process.execPath, ...args] = [
      ...(options.wrapper ?? []),
      process.execPath,
      ...entry(options.from ?? 'sources'),
    ];
    const log = options.logFile === undefined ? undefined : openSync(options.logFile, 'w');
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      stdio: ['ignore', log ?? 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        LEASEBOOK_DATA_DIR: options.dataDir,
        LEASEBOOK_PORT: '0',
        LEASEBOOK_ADMIN_PASSWORD: testAdminPassword,
        ...options.environment,
      },
    });
    if (log !== undefined) closeSync(log);
    const output = new Output(options.logFile);
    const url = await untilListening(child, output, options.listensWithinMs ?? 180_000);
    return new ServerProcess(child, output, url, performance.now() - began);
  }

  /** Log lines so far. */
  get standardOutput(): string {
    return this.output.standard;
  }

  get standardError(): string {
    return this.output.error;
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
    const gone = new Promise((resolve) => this.child.once('close', resolve));
    this.child.kill(signal);
    await gone;
  }
}

function entry(from: 'dist' | 'sources'): readonly string[] {
  if (from === 'dist') return [...serverFlags, join(root, 'dist/apps/server/src/main.js')];
  const hook = new URL('./typescript.mjs', import.meta.url).href;
  return ['--conditions=source', '--import', hook, join(root, 'apps/server/src/main.ts')];
}

class Output {
  private lines = '';
  private errors = '';

  constructor(private readonly logFile?: string) {}

  get standard(): string {
    return this.logFile === undefined ? this.lines : readFileSync(this.logFile, 'utf8');
  }

  get error(): string {
    return this.errors;
  }

  hear(line: string): void {
    this.lines = bounded(`${this.lines}${line}\n`);
  }

  hearError(text: string): void {
    this.errors = bounded(`${this.errors}${text}`);
  }
}

/** Cut seldom: cutting copies. */
function bounded(text: string): string {
  return text.length > 2 * kept ? text.slice(-kept) : text;
}

function untilListening(child: ChildProcess, output: Output, withinMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      output.hearError(chunk.toString());
    });
    const look = (text: string): void => {
      const url = /"url":"([^"]+)".*"msg":"listening"/.exec(text)?.[1];
      if (url === undefined) return;
      settled();
      resolve(url);
    };
    const looking = setInterval(() => {
      if (child.stdout === null) look(output.standard);
    }, 10);
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on('line', (line) => {
        output.hear(line);
        look(line);
      });
    const impatience = setTimeout(() => {
      child.kill('SIGKILL');
    }, withinMs);
    const settled = (): void => {
      clearTimeout(impatience);
      clearInterval(looking);
    };
    child.once('error', reject);
    // `close`, not `exit`: all that it wrote has been read by then.
    child.once('close', (code) => {
      settled();
      reject(new DidNotStart(code, output.standard, output.error));
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
