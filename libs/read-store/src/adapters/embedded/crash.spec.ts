import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { at, dumpOf } from '../../contract/harness.js';
import { createMemoryReadStore } from '../memory/index.js';
import { shapes, writesOf } from './crash.fixture.js';
import { openEmbeddedReadStore } from './index.js';

/** Starts a process that writes, kills it with SIGKILL after so many batches, and answers what it had acknowledged. */
async function writeAndKill(folder: string, batches: number): Promise<number> {
  const fixture = new URL('./crash.fixture.ts', import.meta.url).href;
  const hook = new URL('../../../../../test/typescript.mjs', import.meta.url).href;
  const program = `const { writeForEver } = await import(${JSON.stringify(fixture)}); await writeForEver(${JSON.stringify(folder)});`;
  const child = spawn(
    process.execPath,
    ['--conditions=source', '--import', hook, '--input-type=module', '-e', program],
    {
      cwd: fileURLToPath(new URL('../../../../../', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let [acknowledged, lines] = [0, 0];
  child.stdout.on('data', (chunk: Buffer) => {
    const numbers = chunk.toString().split('\n').slice(0, -1);
    lines += numbers.length;
    acknowledged = Number(numbers.at(-1) ?? acknowledged);
    if (lines >= batches) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.once('close', resolve));
  return acknowledged;
}

describe('the embedded read store when its process is killed', () => {
  it('has exactly what its checkpoints say, three times in a row', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'leasebook-crash-'));
    for (const batches of [3, 60, 150]) {
      const acknowledged = await writeAndKill(folder, batches);
      expect(acknowledged).toBeGreaterThan(0);
      const store = await openEmbeddedReadStore({ folder });
      const model = createMemoryReadStore();
      for (const shape of shapes) {
        const [projection, expected] = [await store.open(shape), await model.open(shape)];
        const reached = (await projection.checkpoint())?.position ?? 0;
        if (shape.keeps === 'history') expect(reached).toBeGreaterThanOrEqual(acknowledged);
        const writes = Array.from({ length: reached }, (_, n) => writesOf(n + 1, shape.name)).flat();
        if (reached > 0) await expected.apply(writes, at(reached));
        expect(await dumpOf(projection)).toEqual(await dumpOf(expected));
        const kind = { name: shape.name, indexes: [] };
        expect(await store.collection(kind).count({ kind: 'odd' })).toBe(
          await model.collection(kind).count({ kind: 'odd' }),
        );
        expect(await store.collection(kind).count()).toBe(await model.collection(kind).count());
        // As the runtime does at a start: fold the tail of the log, so that all read models go on from one place.
        const tail = Array.from({ length: acknowledged - Math.min(reached, acknowledged) }, (_, n) => reached + n + 1);
        if (tail.length > 0)
          await projection.apply(
            tail.flatMap((n) => writesOf(n, shape.name)),
            at(acknowledged),
          );
      }
      await store.close();
    }
    await rm(folder, { recursive: true });
  }, 60_000);
});
