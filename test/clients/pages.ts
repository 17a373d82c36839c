import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from './run-command.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const separator = '--- next block ---';

/** What stands between ```sh and ``` on a page of the documentation; with `chapter` only under that heading. */
export function shellBlocks(page: string, chapter?: string): readonly string[] {
  const text = readFileSync(join(root, page), 'utf8');
  const part = chapter === undefined ? text : text.split(/^## /m).find((each) => each.startsWith(`${chapter}\n`));
  if (part === undefined) throw new Error(`${page} has no chapter ${chapter ?? ''}`);
  return Array.from(part.matchAll(/^```sh\n([\s\S]*?)^```$/gm), ([, block = '']) => block);
}

/**
 * Runs the blocks in order in one shell that stops at the first fault, as a reader would type them, against a server
 * elsewhere than the pages say. What each block printed; rejects when a command failed.
 */
export async function followPage(blocks: readonly string[], url: string, folder: string): Promise<readonly string[]> {
  const commands = blocks.map((block) => block.replaceAll('http://127.0.0.1:8080', url));
  const { code, stdout, stderr } = await runCommand('/bin/bash', ['-s'], {
    environment: { PATH: '/usr/bin:/bin', HOME: folder },
    cwd: folder,
    input: `set -euo pipefail\n${commands.join(`\necho; echo '${separator}'\n`)}`,
    timeoutMs: 170_000,
  });
  if (code !== 0) throw new Error(`it ended with ${String(code)}\n${stdout}\n${stderr}`);
  return stdout.split(`${separator}\n`);
}

/** The JSON objects that a block printed, over one line or several; what stands between them is left out. */
export function jsonOf(text = ''): ReturnType<typeof JSON.parse>[] {
  const objects = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === '{') {
      if (depth === 0) start = index;
      depth += 1;
    } else if (token === '}') {
      depth -= 1;
      if (depth === 0) objects.push(JSON.parse(text.slice(start, index + 1)));
    }
  }
  return objects;
}

/** What `npm run leasebook -- …` runs, on a data folder that no server owns. */
export function leasebook(args: readonly string[], cwd: string, dataDir: string) {
  return runCommand(process.execPath, [join(root, 'dist/apps/cli/src/main.js'), ...args], {
    environment: { PATH: process.env.PATH ?? '', LEASEBOOK_DATA_DIR: dataDir },
    cwd,
  });
}
