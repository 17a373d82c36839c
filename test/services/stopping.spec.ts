import { describe, expect, it } from '@jest/globals';
import { logIn, ServerProcess, temporaryFolder } from '../server-process.js';
import { listAggregates, missingFrom, until, Writers } from './writers.js';

describe('SIGTERM under load', () => {
  it('ends within 10 s with code 0, and keeps what was acknowledged', async () => {
    const folder = temporaryFolder();
    let server = await ServerProcess.start({ dataDir: folder.path, from: 'dist' });
    try {
      const writers = new Writers(server, await logIn(server.url), 16);
      await until(
        async () => writers.acknowledged.length,
        (count) => count >= 100,
      );
      // A stop that takes longer is cut off by the server itself, with code 1.
      expect(await server.stop()).toBe(0);
      await writers.stop();
      expect(server.standardOutput).toMatch(/"msg":"stopped"/);
      server = await ServerProcess.start({ dataDir: folder.path, from: 'dist' });
      const listed = await listAggregates(server.url, await logIn(server.url));
      expect(missingFrom(listed, writers.acknowledged)).toEqual([]);
    } finally {
      await server.kill();
      folder.remove();
    }
  });
});
