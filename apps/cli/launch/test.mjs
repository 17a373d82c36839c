// npm test: jest on the sources; `--suite services|soak` chooses another set than the default, everything else goes to jest.
import { become, ensureBuilt, ensureInstalled, fromSources, root } from './prepare.mjs';

const args = process.argv.slice(2);
const suite = args[0] === '--suite' ? args.splice(0, 2)[1] : undefined;

ensureInstalled();
if (suite !== undefined) ensureBuilt();
const config = suite === undefined ? 'test/jest.config.mjs' : `test/jest.${suite}.config.mjs`;
const flags = ['--disable-warning=ExperimentalWarning', '--experimental-vm-modules', ...fromSources];
become([...flags, `${root}node_modules/jest/bin/jest.js`, '-c', config, ...args], { cwd: root });
