/** One path segment; a slash in it that came as %2F is none. */
const segment = '(^[^/]+$)';
const projectSegment = ':projectId(^[0-9a-f-]+$)';

/** Where the API lies: as it is, and frozen at 2.1 (contracts/nova §1, design §9). */
export const versionMounts: readonly string[] = ['/compute/v2.1', '/v2.1', '/compute/v2', '/v2'];

/** Under each of these lies the whole API, with and without a project. */
export const apiMounts: readonly string[] = versionMounts.flatMap((mount) => [mount, `${mount}/${projectSegment}`]);

/** Everything that this face answers; patterns of routes are stronger. */
export const ownPaths: readonly string[] = ['/compute', '/compute/*', '/v2*'];

/** `/os-aggregates/:id` → the router's pattern: a parameter is never empty. */
export function routePattern(path: string): string {
  return path.replace(/:(\w+)/g, `:$1${segment}`);
}

const inApi = /^(?:\/compute)?\/(v2(?:\.1)?)(?:[/?]|$)/;
const apiRoot = /^(?:\/compute)?\/(v2(?:\.1)?)\/?(?:\?|$)/;

/** Inside `/v2` or `/v2.1`, on either mount. */
export function isInApi(url: string): boolean {
  return inApi.test(url);
}

/** True for what lies under `/v2`. */
export function isFrozen(url: string): boolean {
  return inApi.exec(url)?.[1] === 'v2';
}

/** The version whose document is at this URL, if one is. */
export function versionOfRoot(url: string): 'v2.0' | 'v2.1' | undefined {
  const found = apiRoot.exec(url)?.[1];
  if (found === undefined) return undefined;
  return found === 'v2' ? 'v2.0' : 'v2.1';
}

/** `/compute` for the mounts under it, else nothing: what Nova's own root is here. */
export function novaRoot(url: string): '/compute' | '' {
  return /^\/compute(?:[/?]|$)/.test(url) ? '/compute' : '';
}
