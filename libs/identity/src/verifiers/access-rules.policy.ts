import type { AccessRule } from '../contracts.js';

export interface AskedFor {
  /** The catalog's type of the service. */
  readonly serviceType: string;
  readonly method: string;
  /** Without a query. */
  readonly path: string;
}

/**
 * One rule with the service, the method and the path must be among them (contracts/identity §5.2, 8). In a rule's path
 * `*` and `{name}` stand for one segment, `**` for any number of characters. A rule may name the path with or without
 * the mount of the face (`/compute/v2.1/…` or `/v2.1/…`).
 */
export function allowedBy(rules: readonly AccessRule[], asked: AskedFor): boolean {
  const paths = [asked.path, asked.path.replace(/^\/[a-z-]+(?=\/v\d)/, '')];
  return rules.some(
    (rule) =>
      rule.service === asked.serviceType &&
      rule.method.toUpperCase() === asked.method.toUpperCase() &&
      paths.some((path) => matches(rule.path, path)),
  );
}

/** Without regular expressions of a client's making: segments are compared one by one. */
function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const given = path.split('/');
  for (const [index, segment] of wanted.entries()) {
    if (segment === '**') return index === wanted.length - 1 ? given.length > index : someTail(wanted, given, index);
    const here = given[index];
    if (here === undefined) return false;
    const any = segment === '*' || /^\{[^{}]*\}$/.test(segment);
    if (any ? here === '' : segment !== here) return false;
  }
  return wanted.length === given.length;
}

/** `**` in the middle: what follows must fit somewhere behind. Bounded by the number of segments for each `**`. */
function someTail(wanted: readonly string[], given: readonly string[], index: number): boolean {
  const rest = wanted.slice(index + 1).join('/');
  for (let from = index; from < given.length; from += 1) if (matches(rest, given.slice(from).join('/'))) return true;
  return false;
}

/** What an access rule may be made of; bounds the work above. */
export const accessRuleForm = /^\/[^\s?#]{0,127}$/;
export const maxWildcards = 3;
