import type { VmpoolerPlace, VmpoolerRouteRow } from './vmpooler-routes.js';

export type VmpoolerVersion = 1 | 2 | 3;

const root = '/vmpooler';
const versioned = ['/api', `${root}/api`].flatMap((api) => ['v1', 'v2', 'v3'].map((version) => `${api}/${version}`));
const unversioned = ['', root];

const mounts: Readonly<Record<VmpoolerPlace, readonly string[]>> = {
  api: versioned,
  both: [...versioned, ...unversioned],
  unversioned,
  root: [root],
};

/** The router's patterns of a route: a parameter is one segment and never empty, and a slash at the end is no matter. */
export function patternsOf({ path, place }: VmpoolerRouteRow): readonly string[] {
  const pattern = path.replace(/:(\w+)/g, ':$1(^[^/]+$)');
  const written = mounts[place].map((mount) => `${mount}${pattern}`);
  return path.endsWith('*') ? written : written.flatMap((one) => [one, `${one}/`]);
}

const versionInPattern = /^(?:\/vmpooler)?\/api\/v([123])(?:\/|$)/;
const known = new Map<string, VmpoolerVersion>();

/** Of the pattern that a request met; unversioned routes are version 1 (contracts/vmpooler §9). */
export function versionOf(pattern: string): VmpoolerVersion {
  const found = known.get(pattern);
  if (found !== undefined) return found;
  const version = Number(versionInPattern.exec(pattern)?.[1] ?? 1) as VmpoolerVersion;
  known.set(pattern, version);
  return version;
}
