import type { Document, Stored } from './port.js';

/** The document with its position, always as the last key: so that live and rebuilt are the same bytes. */
export function storedAt(document: Document, position: number): Stored<Document> {
  return { ...withoutPosition(document), _position: position };
}

/** A fold may have spread a stored document into the new one. */
export function withoutPosition(document: Document): Document {
  if (!('_position' in document)) return document;
  const { _position, ...fields } = document as Stored<Document>;
  return fields;
}
