import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { compareLog } from '../../../libs/event-store/src/adapters/embedded/faults/crash-rounds.js';
import { CrashWriter } from '../../../libs/event-store/src/adapters/embedded/faults/crash-writer.js';
import { FailingDisk } from '../failing-disk/failing-disk.js';

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(5);
}

let folder: string;
let data: string;
let writer: CrashWriter | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leasebook-disk-'));
  data = join(folder, 'data');
  mkdirSync(data);
});
afterEach(async () => {
  await writer?.kill();
  writer = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const isReady = (of: CrashWriter): boolean => of.conditions.at(-1)?.condition.ready === true;

/** From the first trouble to the next readiness nothing may be acknowledged. */
function acknowledgedInTrouble({ conditions }: CrashWriter): number[] {
  return conditions.flatMap(({ condition, acknowledged }, index) => {
    const next = conditions[index + 1];
    return condition.ready || next === undefined ? [] : [next.acknowledged - acknowledged];
  });
}

async function failAndRecover(running: CrashWriter, fail: () => void, mend: () => void, reason: RegExp): Promise<void> {
  await until(() => running.acknowledged.length > 50);
  fail();
  await until(() => running.conditions.length > 0 && !isReady(running));
  // It tries to reopen several times meanwhile.
  await pause(700);
  expect(isReady(running)).toBe(false);
  const before = running.acknowledged.length;
  const reasons = running.conditions.map(({ condition }) => (condition.ready ? '' : condition.reason));
  expect(reasons).toContainEqual(expect.stringMatching(reason));
  mend();
  await until(() => isReady(running));
  await until(() => running.acknowledged.length > before + 50);
  expect(new Set(acknowledgedInTrouble(running))).toEqual(new Set([0]));
}

describe('the embedded event store, when the disk', () => {
  it.each([
    ['does not make anything durable', 'sync', /SQLITE_IOERR|EIO/],
    ['is full', 'space', /SQLITE_FULL|ENOSPC/],
  ] as const)(
    '%s: acknowledges nothing until it is mended, then goes on with all it acknowledged',
    async (_, fault, reason) => {
      const disk = new FailingDisk(folder, data);
      const path = join(data, 'events.db');
      writer = await CrashWriter.start(path, 8, 'w', disk.environment);
      for (let time = 0; time < 3; time += 1) {
        await failAndRecover(
          writer,
          () => disk.become(fault),
          () => disk.become('none'),
          reason,
        );
        writer.conditions.length = 0;
      }
      await writer.kill();
      expect(await compareLog(path, writer.acknowledged)).toMatchObject({ lost: [], duplicated: [], findings: [] });
    },
  );

  it('fails and the process is killed before it recovers: keeps all it acknowledged', async () => {
    const disk = new FailingDisk(folder, data);
    const path = join(data, 'events.db');
    for (const fault of ['sync', 'space'] as const) {
      writer = await CrashWriter.start(path, 8, fault, disk.environment);
      const running = writer;
      await until(() => running.acknowledged.length > 50);
      disk.become(fault);
      await until(() => !isReady(running));
      await running.kill();
      disk.become('none');
      expect(await compareLog(path, running.acknowledged)).toMatchObject({ lost: [], duplicated: [], findings: [] });
    }
  });
});

// Mounting needs root; elsewhere only the library above fills the disk.
if (process.getuid?.() === 0) {
  it('the embedded event store on a file system of 8 MiB goes on when that has grown', async () => {
    const mount = (...args: string[]): unknown => execFileSync('mount', ['-t', 'tmpfs', ...args, 'tmpfs', data]);
    mount('-o', 'size=8m');
    try {
      const path = join(data, 'events.db');
      writer = await CrashWriter.start(path, 8, 'w');
      const running = writer;
      await until(() => running.conditions.some(({ condition }) => !condition.ready));
      await pause(300);
      expect(isReady(running)).toBe(false);
      const before = running.acknowledged.length;
      mount('-o', 'remount,size=64m');
      await until(() => isReady(running) && running.acknowledged.length > before + 50);
      expect(new Set(acknowledgedInTrouble(running))).toEqual(new Set([0]));
      await running.kill();
      expect(await compareLog(path, running.acknowledged)).toMatchObject({ lost: [], duplicated: [], findings: [] });
    } finally {
      await writer?.kill();
      execFileSync('umount', [data]);
    }
  });
}
