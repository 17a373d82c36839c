#!/usr/bin/env node
// The command line: npm run leasebook -- history …
import { become, ensureBuilt, ensureInstalled, root } from './prepare.mjs';

ensureInstalled();
ensureBuilt();
become([`${root}dist/apps/cli/src/main.js`, ...process.argv.slice(2)]);
