/**
 * SQL's `LIKE '%pattern%'` with nothing escaped: `%` any run of characters, `_` any one; ASCII case ignored. Bounded by
 * the product of both lengths, whatever the pattern (a regular expression would not be).
 */
export function likeAnywhere(pattern: string): (text: string) => boolean {
  const parts = lowerAscii(pattern)
    .split('%')
    .filter((part) => part !== '')
    .map((part) => Array.from(part));
  return (text) => {
    const characters = Array.from(lowerAscii(text));
    let from = 0;
    for (const part of parts) {
      const at = firstMatch(characters, part, from);
      if (at < 0) return false;
      from = at + part.length;
    }
    return true;
  };
}

/** The leftmost match is always as good as any later one: only runs stand between parts. */
function firstMatch(text: readonly string[], part: readonly string[], from: number): number {
  for (let at = from; at + part.length <= text.length; at += 1) {
    if (part.every((character, offset) => character === '_' || character === text[at + offset])) return at;
  }
  return -1;
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
