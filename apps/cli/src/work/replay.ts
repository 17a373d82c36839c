import 'reflect-metadata';
import { LogHead, ProjectionRunner } from '#runtime';
import type { Projection } from '#read-store';
import { allReadModels } from '../../../server/src/read-models.js';
import { CommandFailed, exitCodes } from '../exit-codes.js';
import { grouped, line, ProgressLine, styled, type Output } from '../output.js';
import type { DataFolder } from '../profiles/data-folder.js';
import { withDataFolder } from '../run-offline.js';

/** `names` undefined: every read model. Throws CommandFailed. */
export async function replay(names: readonly string[] | undefined, output: Output): Promise<void> {
  const chosen = choose(names);
  await withDataFolder(output, (folder) => rebuild(folder, chosen, output));
}

function choose(names: readonly string[] | undefined): readonly Projection[] {
  if (names === undefined) return allReadModels;
  const unknown = names.find((name) => !allReadModels.some((model) => model.name === name));
  if (unknown === undefined) return allReadModels.filter(({ name }) => names.includes(name));
  const known = allReadModels.map(({ name }) => name).join(', ');
  throw new CommandFailed(exitCodes.usage, `There is no read model ${unknown}; there are: ${known}.`);
}

async function rebuild({ eventStore, readStore }: DataFolder, projections: readonly Projection[], output: Output) {
  const head = new LogHead(eventStore);
  const runner = new ProjectionRunner({ store: eventStore, readStore, projections, head });
  const names = projections.map(({ name }) => name);
  const progress = new ProgressLine(output.err, 'replay');
  const began = performance.now();
  let events = 0;
  try {
    await runner.start();
    const total = head.latestKnown ?? 0;
    await runner.rebuild(names, (done) => {
      events = done;
      progress.show(done, total);
    });
  } catch (error) {
    throw new CommandFailed(exitCodes.failed, error instanceof Error ? error.message : String(error), { cause: error });
  } finally {
    progress.end();
    await runner.stop();
  }
  const parked = runner.status().filter(({ state }) => state === 'parked');
  for (const { name, parked: at } of parked)
    line(
      output.err,
      styled('red', `${name} stands still at position ${String(at?.position)}: ${at?.error ?? ''}`, output.err),
    );
  if (parked.length > 0) throw new CommandFailed(exitCodes.failed, 'Not every read model could be rebuilt.');
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  line(output.out, `Rebuilt ${names.join(', ')} from ${grouped(events)} events in ${seconds} s.`);
}
