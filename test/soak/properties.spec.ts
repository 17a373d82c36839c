import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
const runs = process.env.LEASEBOOK_TEST_RUNS ?? '2000';

/** Specs and contract suites that state properties; a contract suite runs in the specs of its adapters. */
function specsWithProperties(): readonly string[] {
  const files = globSync('{libs,projections,apps,test}/**/*.{spec,contract}.ts', {
    cwd: root,
    exclude: (name) => name.includes('node_modules') || name.includes('dist') || name.includes('test/soak'),
  });
  const libraries = new Set<string>();
  const specs: string[] = [];
  for (const file of files) {
    if (!/\bfc\.(assert|check)\b/.test(readFileSync(`${root}/${file}`, 'utf8'))) continue;
    if (file.endsWith('.contract.ts')) libraries.add(`${file.split('/src/')[0] ?? ''}/src/adapters/`);
    else specs.push(file);
  }
  return [...specs, ...libraries].sort();
}

function jest(paths: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const flags = [...process.execArgv, 'node_modules/jest/bin/jest.js', '-c', 'test/jest.config.mjs'];
    const child = spawn(process.execPath, [...flags, '--testTimeout=3600000', '--runTestsByPath=false', ...paths], {
      cwd: root,
      env: { ...process.env, LEASEBOOK_TEST_RUNS: runs },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, output });
    });
  });
}

describe(`properties, ${runs} runs each`, () => {
  const paths = specsWithProperties();

  it('hold', async () => {
    expect(paths.length).toBeGreaterThan(0);
    const { code, output } = await jest(paths);
    console.log(`properties of\n${paths.join('\n')}\n${output.slice(-2_000)}`);
    expect({ code, output: code === 0 ? '' : output.slice(-20_000) }).toEqual({ code: 0, output: '' });
  });
});
