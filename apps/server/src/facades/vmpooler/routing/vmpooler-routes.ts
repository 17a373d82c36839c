/**
 * Who may use a route (contracts/vmpooler §3). Where no authentication is configured, `basic` and `tokens` are 404 and
 * nobody is asked for a token.
 * `tokens`: anybody, but only where there are tokens. `optional-token`: whoever sends one must send a good one.
 * `token-if-lifetime`, `token-if-taken`: the handler asks, when the body or the machine wants it.
 * `experimental`: 405 while experimental features are off, then a token.
 */
export type VmpoolerAccess =
  | 'anonymous'
  | 'basic'
  | 'tokens'
  | 'optional-token'
  | 'token'
  | 'token-if-lifetime'
  | 'token-if-taken'
  | 'experimental';

/** `api`: in each version; `both`: also unversioned, treated as v1; `unversioned`: there alone; `root`: only below /vmpooler. */
export type VmpoolerPlace = 'api' | 'both' | 'unversioned' | 'root';

export interface VmpoolerRouteRow {
  /** GET stands for HEAD as well. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below each of its mounts; parameters as `:host`, `*` at the end for the rest of the path. */
  readonly path: string;
  readonly access: VmpoolerAccess;
  readonly place: VmpoolerPlace;
}

const row = (
  method: VmpoolerRouteRow['method'],
  path: string,
  access: VmpoolerAccess,
  place: VmpoolerPlace = 'api',
): VmpoolerRouteRow => ({ method, path, access, place });

/** Every route of this face, and who may use it; a handler whose route is not here does not load. */
export const vmpoolerRoutes: readonly VmpoolerRouteRow[] = [
  row('GET', '', 'anonymous', 'root'),
  row('GET', '/dashboard', 'anonymous', 'unversioned'),
  row('GET', '/dashboard/stats/vmpooler/pool', 'anonymous', 'unversioned'),
  row('GET', '/dashboard/stats/vmpooler/running', 'anonymous', 'unversioned'),
  row('GET', '/token', 'basic', 'both'),
  row('POST', '/token', 'basic', 'both'),
  row('GET', '/token/:token', 'tokens', 'both'),
  row('DELETE', '/token/:token', 'basic', 'both'),
  row('GET', '/vm', 'anonymous', 'both'),
  row('POST', '/vm', 'optional-token', 'both'),
  row('POST', '/vm/*', 'optional-token', 'both'),
  row('GET', '/vm/:host', 'anonymous', 'both'),
  row('PUT', '/vm/:host', 'token-if-lifetime', 'both'),
  row('DELETE', '/vm/:host', 'token-if-taken', 'both'),
  row('POST', '/vm/:host/snapshot', 'token', 'both'),
  row('POST', '/vm/:host/snapshot/:snapshot', 'token', 'both'),
  row('POST', '/vm/:host/disk/:size', 'token'),
  row('POST', '/ondemandvm', 'token'),
  row('POST', '/ondemandvm/*', 'token'),
  row('GET', '/ondemandvm/:id', 'anonymous'),
  row('DELETE', '/ondemandvm/:id', 'token'),
  row('GET', '/status', 'anonymous', 'both'),
  row('GET', '/summary', 'anonymous', 'both'),
  row('GET', '/summary/:section', 'anonymous', 'both'),
  row('GET', '/summary/:section/:part', 'anonymous', 'both'),
  row('GET', '/poolstat', 'anonymous'),
  row('GET', '/totalrunning', 'anonymous'),
  row('GET', '/config', 'anonymous'),
  row('GET', '/full_config', 'anonymous'),
  row('POST', '/config/poolsize', 'experimental'),
  row('DELETE', '/config/poolsize/:pool', 'experimental'),
  row('POST', '/config/pooltemplate', 'experimental'),
  row('DELETE', '/config/pooltemplate/:pool', 'experimental'),
  row('POST', '/config/clonetarget', 'experimental'),
  row('POST', '/poolreset', 'experimental'),
];
