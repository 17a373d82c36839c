import { blazarRoutes, type BlazarRouteRow } from './blazar-routes.js';

const root = '/reservation';

/** Under each of these lies the whole API. */
export const apiMounts: readonly string[] = [`${root}/v1`, '/v1'];

/** Where the versions are listed (contracts/blazar §1); Nest takes one slash off the end of a path. */
export const versionPaths: readonly string[] = [root, `${root}//`, `${root}/versions`, `${root}/versions.json`];

/** Everything else that this face answers; patterns of routes are stronger. */
export const otherPaths: readonly string[] = [
  `${root}/*`,
  '/v1/leases*',
  '/v1/os-hosts*',
  '/v1/floatingips*',
  '/v1/plugins*',
];

export const suffix = '.json';

/** `/leases`, but not `/os-hosts/properties`. */
const isCollection = (path: string): boolean => path.lastIndexOf('/') === 0;

/** The router's patterns of a route: a parameter is never empty, and `.json` may follow; what a parameter ends with, its reader takes off. */
export function patternsOf({ path }: BlazarRouteRow): readonly string[] {
  const pattern = path.replace(/:(\w+)/g, ':$1(^[^/]+$)');
  const endings = /:\w+$/.test(path) ? [''] : ['', suffix, ...(isCollection(path) ? [`/${suffix}`] : [])];
  return apiMounts.flatMap((mount) => endings.map((ending) => `${mount}${pattern}${ending}`));
}

/** Of a request target, without its query. */
export function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

export function endsInSuffix(url: string): boolean {
  return pathOf(url).endsWith(suffix);
}

export function withoutSuffix(text: string): string {
  return text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
}

/** What follows the mount, a slash that came as %2F being one; undefined: outside the API. */
function belowMount(url: string): string | undefined {
  const path = pathOf(url).replace(/%2f/gi, '/');
  const mount = apiMounts.find((each) => path === each || path.startsWith(`${each}/`));
  return mount === undefined ? undefined : path.slice(mount.length);
}

export function isInApi(url: string): boolean {
  return belowMount(url) !== undefined;
}

/** Everything that this API does at a path; none: there is no such path. */
export function methodsFor(url: string): readonly string[] {
  const below = belowMount(url);
  if (below === undefined) return [];
  const given = withoutSuffixes(below).split('/');
  const methods = new Set<string>();
  for (const { method, path } of blazarRoutes) if (fits(path.split('/'), given)) methods.add(method);
  if (methods.size === 0) return [];
  return [...methods, ...(methods.has('GET') ? ['HEAD'] : []), 'OPTIONS'];
}

/** `/leases` of `/leases.json` and of `/leases/.json`. */
function withoutSuffixes(below: string): string {
  const bare = withoutSuffix(below);
  if (bare === below || !bare.endsWith('/')) return bare;
  const path = bare.slice(0, -1);
  return isCollection(path) ? path : bare;
}

function fits(pattern: readonly string[], given: readonly string[]): boolean {
  return (
    pattern.length === given.length &&
    pattern.every((segment, index) => (segment.startsWith(':') ? given[index] !== '' : segment === given[index]))
  );
}
