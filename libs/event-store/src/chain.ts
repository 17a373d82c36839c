import { hash } from 'node:crypto';
import type { NewEvent } from './port.js';

/**
 * The link from an event to the next in its stream: SHA-256, hex, over the bytes as stored. `metadata` holds the hash
 * of the event before, so one hash vouches for all that came earlier.
 */
export function chainHash(event: NewEvent & { readonly stream: string; readonly revision: number }): string {
  const { stream, revision, id, type, data, metadata } = event;
  return hash('sha256', `${stream}\n${String(revision)}\n${id}\n${type}\n${data}\n${metadata}`, 'hex');
}
