// Runs one of this repository's programs under a suitable Node: run.mjs [--build] [--sources] <file> [argument …]
import { become, ensureBuilt, ensureInstalled, fromSources, root } from './prepare.mjs';

const args = process.argv.slice(2);
const takes = (flag) => args[0] === flag && args.shift() !== undefined;

ensureInstalled();
if (takes('--build')) ensureBuilt();
become([...(takes('--sources') ? fromSources : []), ...args], { cwd: root });
