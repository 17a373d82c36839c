import { suitableNode } from '../../server/src/node-version.js';
import { exitCodes } from './exit-codes.js';

/** Nothing that loads the storage engine may be imported before the version is known to be fit. */
async function main(): Promise<void> {
  const complaint = suitableNode(process.versions.node);
  if (complaint !== undefined) {
    process.stderr.write(`${complaint}\n`);
    process.exitCode = exitCodes.failed;
    return;
  }
  // What lies in a data folder, and copies of it, are nobody else's to read.
  process.umask(0o077);
  const { run } = await import('./program.js');
  process.exitCode = await run(process.argv.slice(2));
}

await main();
