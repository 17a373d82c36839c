import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { StoreCondition } from '../../../port.js';

export interface AcknowledgedEvent {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
}

/** A process that writes to a log, and what it said was acknowledged. */
export class CrashWriter {
  readonly acknowledged: AcknowledgedEvent[] = [];
  /** Each change of the store's condition, and how much had been acknowledged until then. */
  readonly conditions: { readonly condition: StoreCondition; readonly acknowledged: number }[] = [];
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
    if (word === 'condition') {
      const condition = JSON.parse(line.slice('condition '.length)) as StoreCondition;
      this.conditions.push({ condition, acknowledged: this.acknowledged.length });
    }
    // The last line may be cut off by the kill.
    if (word !== 'ack' || stream === undefined || id?.length !== 36) return;
    this.acknowledged.push({ stream, revision: Number(revision), id });
  }
}
