import { at, put, remove, shapeOf, thing } from '../../contract/harness.js';
import type { DocumentWrite, ProjectionShape } from '../../port.js';
import { openEmbeddedReadStore } from './index.js';

/** What event n does: the same in the process that is killed and in the one that checks. */
export const writesOf = (n: number, collection: string): readonly DocumentWrite[] => [
  put(n, thing(`t${n % 97}`, n, { kind: n % 2 ? 'odd' : 'even' }), collection),
  ...(n % 5 === 0 ? [remove(n, `t${(n * 7 + 1) % 97}`, collection)] : []),
];

export const shapes: readonly ProjectionShape[] = (['state', 'history'] as const).map((keeps) =>
  shapeOf(keeps, { name: keeps, collections: [{ name: keeps, indexes: [{ name: 'byKind', fields: ['kind'] }] }] }),
);

/** Writes until it is killed, and tells after each batch how far it has come. */
export async function writeForEver(folder: string): Promise<never> {
  const store = await openEmbeddedReadStore({ folder, snapshotEveryMs: 20 });
  const projections = await Promise.all(shapes.map(async (shape) => [shape.name, await store.open(shape)] as const));
  const reached = await Promise.all(
    projections.map(async ([, projection]) => (await projection.checkpoint())?.position ?? 0),
  );
  for (let n = Math.max(...reached) + 1; ; n += 7) {
    const events = Array.from({ length: 7 }, (_, more) => n + more);
    for (const [name, projection] of projections) {
      await projection.apply(
        events.flatMap((event) => writesOf(event, name)),
        at(n + 6),
      );
    }
    process.stdout.write(`${n + 6}\n`);
    if (n % 70 === 1) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
