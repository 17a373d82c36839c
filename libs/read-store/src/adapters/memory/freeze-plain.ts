import { type Document, InvalidDocument } from '../../port.js';

/** Freezes in depth; throws `InvalidDocument` at anything that would not come back the same from a real store. */
export function freezePlain(document: Document): void {
  freeze(document, document._id, []);
}

function freeze(value: unknown, id: string, path: readonly string[]): void {
  const refuse = (why: string) => new InvalidDocument(`document ${id}: ${path.join('.') || 'it'} ${why}`);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return;
    throw refuse('is a number that JSON does not have');
  }
  if (typeof value !== 'object') throw refuse(`is ${typeof value}`);
  const prototype: unknown = Object.getPrototypeOf(value);
  // Of a realm of their own under jest: asked by name, not by identity.
  const plain = Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
  if (!plain) throw refuse('is no plain object');
  for (const [key, part] of Object.entries(value)) {
    if (key.includes('.')) throw refuse(`has a key with a dot: ${key}`);
    freeze(part, id, [...path, key]);
  }
  Object.freeze(value);
}
