export interface JsonBounds {
  readonly maxDepth: number;
}

/** The bytes are no JSON text in UTF-8, or one nested deeper than allowed. */
export class NotJson extends Error {
  override readonly name = 'NotJson';
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Strict: RFC 8259, no byte order mark, no NaN; of members with one name the last counts. Throws NotJson. */
export function parseJson(bytes: Uint8Array, bounds: JsonBounds = { maxDepth: 64 }): unknown {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw new NotJson('not UTF-8');
  }
  if (deeperThan(text, bounds.maxDepth)) throw new NotJson('nested too deep');
  try {
    return JSON.parse(text);
  } catch {
    throw new NotJson('no JSON text');
  }
}

const quote = 0x22;
const backslash = 0x5c;

/** Counts brackets outside of strings; cheaper than a parser that could be made to recurse. */
function deeperThan(text: string, maxDepth: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at);
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}

function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === backslash) at += 1;
    else if (code === quote) return at;
  }
  return text.length;
}
