/** Each implies the next, as in Keystone's defaults; `service` and roles of one's own imply nothing (contracts/identity §4). */
const implied: Readonly<Record<string, string>> = { admin: 'manager', manager: 'member', member: 'reader' };

/** They are always there and cannot be deleted. In the order in which they are listed. */
export const builtInRoles = ['admin', 'manager', 'member', 'reader', 'service'] as const;

export function isBuiltInRole(name: string): boolean {
  return (builtInRoles as readonly string[]).includes(name.toLowerCase());
}

/** The role that this one implies directly. */
export function impliedBy(name: string): string | undefined {
  const lower = name.toLowerCase();
  return Object.hasOwn(implied, lower) ? implied[lower] : undefined;
}

/** The names given and all that follow from them; each once, implying ones before implied ones. */
export function expandRoleNames(names: Iterable<string>): string[] {
  const expanded = new Set<string>();
  for (const name of names)
    for (let next: string | undefined = name; next !== undefined && !expanded.has(next); next = impliedBy(next))
      expanded.add(next);
  return [...expanded];
}
