/** One path segment; a slash in it that came as %2F is none. */
const segment = '(^[^/]+$)';
const projectSegment = ':projectId(^[0-9a-f-]+$)';

const current = ['/compute/v2.1', '/v2.1'] as const;
const frozen = ['/compute/v2', '/v2'] as const;

/** Under each of these lies the whole API, with and without a project (contracts/nova §1, design §9). */
export const apiMounts: readonly string[] = [...current, ...frozen].flatMap((mount) => [
  mount,
  `${mount}/${projectSegment}`,
]);

export const versionRoots = { current, frozen } as const;

/** `os-aggregates/:id` → the router's pattern: a parameter is never empty. */
export function routePattern(path: string): string {
  return path.replace(/:(\w+)/g, `:$1${segment}`);
}

/** Everything that this face answers, the routes' patterns being stronger. */
export const ownPaths: readonly string[] = ['/compute', '/compute/*', '/v2*'];

/** Inside `/v2` and `/v2.1`, on either mount. */
export function isInApi(url: string): boolean {
  return /^(?:\/compute)?\/v2(?:\.1)?(?:[/?]|$)/.test(url);
}

/** True for paths under `/v2`, which is frozen at 2.1. */
export function isFrozen(url: string): boolean {
  const path = url.startsWith('/compute/') ? url.slice('/compute'.length) : url;
  return /^\/v2(?:[/?]|$)/.test(path);
}

/** `/compute` for the mounts under it, else nothing: what Nova's own root is here. */
export function novaRoot(url: string): '/compute' | '' {
  return /^\/compute(?:[/?]|$)/.test(url) ? '/compute' : '';
}
