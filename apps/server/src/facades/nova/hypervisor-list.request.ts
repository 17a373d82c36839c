import type { QueryValues } from '#wire';
import { since } from './microversions.js';
import { malformedText, NovaFault } from './nova-fault.js';
import { isTruth } from './schemas/hypervisors.schema.js';

/** What a list of hypervisors is asked for (contracts/nova §7). */
export interface ListRequest {
  readonly withServers: boolean;
  readonly pattern: string | undefined;
  /** Undefined: none, or an empty one. */
  readonly marker: string | undefined;
  /** Never above the server's maximum. */
  readonly limit: number;
  /** Known parameters as given, without the marker, for the link to the next page. */
  readonly kept: readonly (readonly [name: string, value: string])[];
  readonly hasMarkerParameter: boolean;
}

const knownParameters = ['hypervisor_hostname_pattern', 'limit', 'marker', 'with_servers'] as const;
const pagingParameters: readonly string[] = ['limit', 'marker'];

/** Throws NovaFault 400 for a pattern together with paging. */
export function listRequest(query: QueryValues, minor: number, pageLimit: number): ListRequest {
  const usable = minor < since.hypervisorPaging ? {} : query;
  const known = knownParameters.filter((name) => minor >= since.hypervisorUuids || pagingParameters.includes(name));
  const given = known.flatMap((name) => {
    const value = (usable[name] ?? []).at(-1);
    return value === undefined ? [] : [[name, value] as const];
  });
  const values = new Map<string, string>(given);
  const marker = values.get('marker');
  const limit = values.get('limit');
  const pattern = values.get('hypervisor_hostname_pattern');
  if (pattern !== undefined && (limit !== undefined || (marker ?? '') !== '')) throw new NovaFault(400, malformedText);
  return {
    withServers: isTruth(values.get('with_servers')),
    pattern,
    marker: marker === '' ? undefined : marker,
    limit: Math.min(limit === undefined ? pageLimit : Number(limit), pageLimit),
    kept: given.filter(([name]) => name !== 'marker'),
    hasMarkerParameter: marker !== undefined,
  };
}

/** The path and query of the page after the row with this id; parameters sorted, a new marker put last. */
export function nextPage(path: string, list: ListRequest, lastId: string): string {
  const marker = ['marker', lastId] as const;
  const parameters = list.hasMarkerParameter
    ? [...list.kept, marker].sort(([a], [b]) => (a < b ? -1 : 1))
    : [...list.kept, marker];
  return `${path}?${new URLSearchParams(Object.fromEntries(parameters)).toString()}`;
}
