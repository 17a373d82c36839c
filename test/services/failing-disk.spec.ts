import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { logIn, ServerProcess, temporaryFolder } from '../server-process.js';
import { FailingDisk } from './failing-disk/failing-disk.js';
import { createAggregate, listAggregates, missingFrom, readiness, until, Writers } from './writers.js';

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe.each(['sync', 'space'] as const)('a disk that fails while the server serves: %s', (fault) => {
  let folder: ReturnType<typeof temporaryFolder>;
  let dataDir: string;
  let disk: FailingDisk;
  let server: ServerProcess;

  beforeEach(async () => {
    folder = temporaryFolder();
    dataDir = join(folder.path, 'data');
    mkdirSync(dataDir);
    disk = new FailingDisk(folder.path, dataDir);
    server = await ServerProcess.start({ dataDir, from: 'dist', environment: disk.environment });
  });

  afterEach(async () => {
    await server.kill();
    folder.remove();
  });

  it('acknowledges nothing from then on, says so, and recovers with all it acknowledged', async () => {
    const token = await logIn(server.url);
    const writers = new Writers(server, token, 8);
    await until(
      async () => writers.acknowledged.length,
      (count) => count >= 40,
    );

    disk.become(fault);
    const failedAt = performance.now();
    const notReady = await until(
      () => readiness(server.url),
      ({ status }) => status !== 200,
    );
    expect(notReady.status).toBe(503);
    expect(notReady.checks.filter(({ ready }) => !ready).map(({ reason }) => reason)).toContainEqual(
      expect.stringMatching(/./),
    );
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    await pause(1000);
    // Whatever was asked after the disk had failed and before it was mended was not acknowledged.
    const during = writers.attempts.filter(({ startedAt }) => startedAt > failedAt);
    expect(during.length).toBeGreaterThan(0);
    expect(new Set(during.map(({ status }) => status))).toEqual(new Set([503]));

    disk.become('none');
    await until(
      () => readiness(server.url),
      ({ status }) => status === 200,
    );
    expect(
      await until(
        () => createAggregate(server.url, token, 'afterwards'),
        ({ status }) => status !== 503,
      ),
    ).toMatchObject({
      status: 200,
    });
    await writers.stop();
    expect(missingFrom(await listAggregates(server.url, token), writers.acknowledged)).toEqual([]);

    await server.kill();
    server = await ServerProcess.start({ dataDir, from: 'dist' });
    const after = await listAggregates(server.url, await logIn(server.url));
    expect(missingFrom(after, writers.acknowledged)).toEqual([]);
    expect(after.has('afterwards')).toBe(true);
  });
});
