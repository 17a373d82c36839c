import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { crashRounds } from '../../libs/event-store/src/adapters/embedded/faults/crash-rounds.js';

const rounds = Number(process.env.LEASEBOOK_TEST_CRASHES ?? 200);

it(`kill -9 of a process with 16 writers on the embedded event store, ${String(rounds)} times`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'leasebook-crash-'));
  try {
    const report = await crashRounds(join(folder, 'events.db'), rounds, Math.random);
    console.log(`event store crashes: ${JSON.stringify(report)}`);
    expect(report).toMatchObject({ lost: [], duplicated: [], findings: [] });
    expect(report.acknowledged).toBeGreaterThan(rounds);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
