import { isUuidLike } from '../ids.js';

/** Printable, as Python sees it: no control, format, surrogate, private or unassigned character, no line or paragraph separator; below U+FFFF. */
const printable = '\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}\\p{Zs}';
const allPrintable = new RegExp(`^[${printable}]*$`, 'u');
const blank = /^\p{Zs}$/u;
const someText = /\P{Zs}/u;

function isPrintable(text: string): boolean {
  return allPrintable.test(text) && !/[\u{10000}-\u{10ffff}]/u.test(text);
}

function hasBlankEdge(text: string): boolean {
  return blank.test(text.slice(0, 1)) || blank.test(text.slice(-1));
}

/** An empty text passes: its length is another rule's matter, and that rule's words are told. */
export function isName(text: string): boolean {
  return isPrintable(text) && !hasBlankEdge(text);
}

export function isNameWithBlanks(text: string): boolean {
  return isPrintable(text) && someText.test(text);
}

export function isZoneName(text: string): boolean {
  return isName(text) && !text.includes(':');
}

export const formats = {
  name: isName,
  name_with_leading_trailing_spaces: isNameWithBlanks,
  az_name: isZoneName,
  uuid: isUuidLike,
} as const;

/** Formats whose failure is told in a sentence of its own (contracts/nova §3). */
export const nameRules: Readonly<Record<string, string>> = {
  name: 'printable characters. Can not start or end with whitespace.',
  name_with_leading_trailing_spaces: 'printable characters with at least one non space character',
};
