import { readFileSync } from 'node:fs';
import { WrongSettings } from './settings.js';

/** A secret that is set, or stands in a file; undefined: neither. `name`: of the setting that names the file. */
export function secretOf(secret: string | undefined, file: string | undefined, name: string): string | undefined {
  if (secret !== undefined || file === undefined) return secret;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new WrongSettings([`${name} cannot be read: ${(error as Error).message}`]);
  }
}
