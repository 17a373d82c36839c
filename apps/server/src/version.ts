import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of package.json, which is above the sources and above what is built from them. */
export const version = readVersion(dirname(fileURLToPath(import.meta.url)));

function readVersion(folder: string): string {
  const path = join(folder, 'package.json');
  if (existsSync(path)) return (JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string }).version;
  const above = dirname(folder);
  if (above === folder) throw new Error('package.json is missing');
  return readVersion(above);
}
