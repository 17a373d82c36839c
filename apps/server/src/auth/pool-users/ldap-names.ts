import { EqualityFilter, OrFilter, type Filter } from 'ldapts';

const maxNameLength = 255;
/** Control characters and those that LDAP leaves out when it compares: two spellings of one name. */
const unseen = /[\p{C}\p{DI}\uFFFC]/u;

/**
 * The one spelling of a user's name, as LDAP compares names: without regard to case, width and number of spaces.
 * Undefined: no user can have it.
 */
export function userNameOf(typed: string): string | undefined {
  if (unseen.test(typed)) return undefined;
  // Twice: a small letter may go together with the accent behind it where the capital does not.
  const name = typed.normalize('NFKC').toLowerCase().normalize('NFKC').replaceAll(/\s+/g, ' ').trim();
  return name === '' || name.length > maxNameLength ? undefined : name;
}

/** `uid=ada,ou=people,dc=example`: everything in the name that is no plain letter or digit is escaped (RFC 4514). */
export function userDn(attribute: string, name: string, base: string): string {
  return `${attribute}=${escaped(name)},${base}`;
}

function escaped(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9]/gu, (character) =>
    Array.from(Buffer.from(character), (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join(''),
  );
}

/** Those whose attribute, or one of whose attributes, is that name. Values go over the wire as they are, not as text. */
export function userFilter(attributes: readonly string[], name: string): Filter {
  const filters = attributes.map((attribute) => new EqualityFilter({ attribute, value: name }));
  const [only] = filters;
  return only !== undefined && filters.length === 1 ? only : new OrFilter({ filters });
}
