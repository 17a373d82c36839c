import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Source {
  /** Relative to the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

const tops = ['.ci', 'apps', 'docs', 'libs', 'projections', 'test'];
const notOurs = new Set(['node_modules', 'dist', 'coverage', 'data']);

function* paths(folder: string): Generator<string> {
  for (const entry of readdirSync(root + folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (!entry.isDirectory()) yield path;
    else if (!notOurs.has(entry.name)) yield* paths(path);
  }
}

/** Every source file of the repository. */
export function sources(): Source[] {
  const found = tops.filter((top) => existsSync(root + top)).flatMap((top) => [...paths(top)]);
  return found
    .filter((path) => /\.(ts|tsx|mjs|cjs|js)$/.test(path))
    .map((path) => ({ path, text: readFileSync(root + path, 'utf8') }));
}
