/** Microversions by their minor number; the major one is 2 (contracts/nova §10). */
export const minMinor = 1;
/** The newest that is advertised. Raising it: see CONTRIBUTING, "a microversion". */
export const maxMinor = 104;

export const minVersion = `2.${String(minMinor)}`;
export const maxVersion = `2.${String(maxMinor)}`;

/** Steps that change something here, by what they change. */
export const since = {
  cpuInfoObject: 28,
  hypervisorPaging: 33,
  aggregateUuid: 41,
  hypervisorUuids: 53,
  emptyServers: 75,
  imageCaching: 81,
  uptimeInHypervisor: 88,
  strictAggregateQuery: 102,
} as const;

/** The version of one request, and how its answer says so. */
export interface Microversion {
  readonly minor: number;
  /** None on the frozen /v2. */
  readonly headers: VersionHeaders | undefined;
}

export type VersionHeaders = Readonly<Record<string, string | string[]>>;

const standardHeader = 'OpenStack-API-Version';
const olderHeader = 'X-OpenStack-Nova-API-Version';

export const requestHeaders = { standard: standardHeader.toLowerCase(), older: olderHeader.toLowerCase() } as const;

/** Two Vary lines, as Nova sends them. */
export function versionHeaders(version: string): VersionHeaders {
  return { [standardHeader]: `compute ${version}`, [olderHeader]: version, vary: [standardHeader, olderHeader] };
}

const supported: readonly Microversion[] = Array.from({ length: maxMinor + 1 }, (_, minor) => ({
  minor,
  headers: versionHeaders(`2.${String(minor)}`),
}));

/** Made once for each version; undefined: outside of min…max. */
export function supportedVersion(major: number, minor: number): Microversion | undefined {
  return major === 2 && minor >= minMinor && minor <= maxMinor ? supported[minor] : undefined;
}

/** What `/v2` speaks, whatever the headers say. */
export const frozenVersion: Microversion = { minor: minMinor, headers: undefined };
