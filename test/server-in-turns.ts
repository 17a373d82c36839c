import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServerProcess, temporaryFolder } from './server-process.js';

/** One server on one data folder, killed and started again; whoever wants it waits until it is there. */
export class ServerInTurns {
  private readonly folder = temporaryFolder();
  private current: Promise<ServerProcess> | undefined;
  kills = 0;

  constructor(private readonly configuration: string) {
    writeFileSync(join(this.folder.path, 'leasebook.yaml'), configuration);
  }

  start(): Promise<ServerProcess> {
    this.current = ServerProcess.start({
      dataDir: this.dataDir,
      from: 'dist',
      environment: { LEASEBOOK_LOG_LEVEL: 'info', LEASEBOOK_CONFIG: join(this.folder.path, 'leasebook.yaml') },
    });
    return this.current;
  }

  get dataDir(): string {
    return join(this.folder.path, 'data');
  }

  async url(): Promise<string> {
    if (this.current === undefined) throw new Error('the server was never started');
    return (await this.current).url;
  }

  /** kill -9, and at once a new one. */
  async killAndStart(): Promise<void> {
    const server = await this.current;
    const gone = server?.kill();
    this.kills += 1;
    // Whoever asks from now on waits for the next one.
    this.current = (async () => {
      await gone;
      return this.start();
    })();
    await this.current;
  }

  /** A graceful stop: the log is whole and nobody writes to it. */
  async stop(): Promise<void> {
    await (await this.current)?.stop();
  }

  async close(): Promise<void> {
    await (await this.current)?.kill();
    this.folder.remove();
  }
}
