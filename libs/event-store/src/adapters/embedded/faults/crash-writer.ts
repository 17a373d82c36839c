import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface AcknowledgedEvent {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
}

/** A process that writes to a log, and what it said was acknowledged. */
export class CrashWriter {
  readonly acknowledged: AcknowledgedEvent[] = [];
  /** As JSON, in order. */
  readonly conditions: string[] = [];
  private readonly gone: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    this.gone = once(child, 'close');
  }

  /** Fulfilled when its log is open. */
  static async start(
    path: string,
    writers: number,
    prefix: string,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<CrashWriter> {
    // The flags of this process let another one run the sources, too.
    const program = fileURLToPath(new URL('./crash-writer.program.ts', import.meta.url));
    const child = spawn(process.execPath, [...process.execArgv, program, path, String(writers), prefix], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...environment },
    });
    const writer = new CrashWriter(child);
    await new Promise<void>((resolve, reject) => {
      child.once('close', (code) => reject(new Error(`the writing process ended (${code ?? 'killed'})`)));
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (line === 'ready') resolve();
        else writer.hear(line);
      });
    });
    return writer;
  }

  /** SIGKILL; fulfilled when it is gone and all it said was heard. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.gone;
  }

  private hear(line: string): void {
    const [word, stream, revision, id] = line.split(' ');
    if (word === 'condition') this.conditions.push(line.slice('condition '.length));
    // The last line may be cut off by the kill.
    if (word !== 'ack' || stream === undefined || id?.length !== 36) return;
    this.acknowledged.push({ stream, revision: Number(revision), id });
  }
}
