// npm start: the server in the embedded profile, installed and built first where that is needed.
import { become, ensureBuilt, ensureInstalled, root, serverFlags } from './prepare.mjs';

ensureInstalled();
ensureBuilt();
become([...serverFlags, `${root}dist/apps/server/src/main.js`, ...process.argv.slice(2)]);
