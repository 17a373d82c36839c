import { type Source } from './sources.js';

// Names that say nothing about what the thing does. Utilization and Utility are words of their own.
const emptyWord = /(?:^|[^A-Z])(?:Manager|Helper|Util)s?(?![a-z])|^(?:manager|helper|util)s?(?![a-z])/;
const emptyFileName = /(?:^|[-._])(?:manager|helper|util)s?(?=[-._]|$)/i;
const declaration =
  /^export\s+(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:class|function\*?|const|let|interface|type|enum|namespace)\s+(\w+)/gm;
const list = /^export\s+(?:type\s+)?\{([^}]*)\}/gm;

function exportedNames(text: string): string[] {
  const declared = [...text.matchAll(declaration)].map(([, name]) => name ?? '');
  const listed = [...text.matchAll(list)].flatMap(([, names]) => (names ?? '').split(','));
  return [...declared, ...listed.map((name) => name.replace(/^.*\bas\s|\btype\s/, '').trim())];
}

/** The empty names of a source: folders and file in its path, and what it exports. */
export function emptyNames({ path, text }: Source): string[] {
  const inPath = path.split('/').filter((part) => emptyFileName.test(part) || emptyWord.test(part));
  return [...inPath, ...exportedNames(text).filter((name) => emptyWord.test(name))];
}
