import { suitableNode } from './node-version.js';

/** Exit codes: 1 something unforeseen, 2 wrong settings, 3 the data folder is in use or damaged. */
async function main(): Promise<void> {
  const complaint = suitableNode(process.versions.node);
  if (complaint !== undefined) {
    process.stderr.write(`${complaint}\n`);
    process.exit(1);
  }
  // What lies in a data folder, and copies of it, are nobody else's to read.
  process.umask(0o077);
  // Loaded only now: the storage engine ends older Nodes without a word.
  const { serve } = await import('./serve.js');
  await serve();
}

await main();
