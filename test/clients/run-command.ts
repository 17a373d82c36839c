import { spawn } from 'node:child_process';

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly input?: string;
  readonly timeoutMs?: number;
}

/** Runs a command with exactly this environment until it ends. Rejects when it cannot be started. */
export function runCommand(command: string, args: readonly string[], options: CommandOptions): Promise<Finished> {
  const { environment, cwd, input, timeoutMs = 60_000 } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: environment,
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('error', (error) => {
      reject(new Error(`${command} could not be started: ${error.message}`));
    });
    child.once('close', (code) => {
      resolve({ code, stdout, stderr });
    });
    // A command that ends without reading its input is no fault.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
  });
}
