// npm run check: types, lint, format and import rules; each tool's output only where it has something to say.
import { spawn } from 'node:child_process';

const tools = {
  types: ['typescript/bin/tsc', '--noEmit'],
  lint: [
    'eslint/bin/eslint.js',
    '.',
    '--max-warnings=0',
    '--cache',
    '--cache-location=node_modules/.cache/eslint/',
    '--cache-strategy=content',
  ],
  format: ['prettier/bin/prettier.cjs', '--check', '--log-level=warn', '--cache', '.'],
  imports: [
    'dependency-cruiser/bin/dependency-cruise.mjs',
    '--config',
    'test/architecture/dependency-rules.cjs',
    'apps',
    'libs',
    'projections',
    'test',
  ],
};

function run(name, [bin, ...args]) {
  const began = Date.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [`node_modules/${bin}`, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => {
      const seconds = ((Date.now() - began) / 1000).toFixed(1);
      console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)${code === 0 ? '' : `\n${output}`}`);
      resolve(code === 0);
    });
  });
}

async function inTurn(names) {
  let fine = true;
  for (const name of names) fine = (await run(name, tools[name])) && fine;
  return fine;
}

// Two at a time: lint takes about as long as the others together.
const results = await Promise.all([inTurn(['lint']), inTurn(['types', 'format', 'imports'])]);
process.exitCode = results.every(Boolean) ? 0 : 1;
