/** Texts as Python prints values: the peers' error messages quote what was sent that way (contracts/nova §3). */

/** `repr()`: strings quoted, None, True, {'a': 1}. */
export function pythonRepr(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  if (value !== null && typeof value === 'object') {
    const members = Object.entries(value).map(([name, member]) => `${quoted(name)}: ${pythonRepr(member)}`);
    return `{${members.join(', ')}}`;
  }
  return plain(value);
}

/** `str()`: like `repr()`, but a string stands for itself. */
export function pythonStr(value: unknown): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  return numberText(value as number);
}

/** Python pads exponents to two digits: 1e+21, 1e-07. */
function numberText(value: number): string {
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2');
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const hidden = /[\\\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const shown = text.replace(hidden, (character) => escapes[character] ?? codeText(character.codePointAt(0) ?? 0));
  return quote + (quote === "'" ? shown.replaceAll("'", "\\'") : shown) + quote;
}

function codeText(code: number): string {
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

const integer = /^[+-]?\d+(?:_\d+)*$/;

/** What Python's `int(text)` gives for ASCII digits: blanks around, a sign and underscores between digits are fine; undefined: ValueError. */
export function pythonInt(text: string): bigint | undefined {
  const bare = text.trim();
  return integer.test(bare) ? BigInt(bare.replaceAll('_', '').replace(/^\+/, '')) : undefined;
}
