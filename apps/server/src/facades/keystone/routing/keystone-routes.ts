/**
 * Who may use a route. `self`: only the user named in the path; `self-or-admin`: or an administrator; `token`: anybody
 * with a live token (the handler then looks at what is asked for).
 */
export type KeystoneAccess = 'anonymous' | 'token' | 'admin' | 'self' | 'self-or-admin';

export interface KeystoneRouteRow {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below each of the mounts; parameters as `:userId`. */
  readonly path: string;
  readonly access: KeystoneAccess;
}

const row = (method: KeystoneRouteRow['method'], path: string, access: KeystoneAccess): KeystoneRouteRow => ({
  method,
  path,
  access,
});

/** Each is the whole of version 3 (design §9). */
export const keystoneMounts = ['/identity/v3', '/v3'] as const;

const grant = '/projects/:projectId/users/:userId/roles';
const credentials = '/users/:userId/application_credentials';

/** Every route of this face, and who may use it; a handler whose route is not here does not load. */
export const keystoneRoutes: readonly KeystoneRouteRow[] = [
  row('GET', '', 'anonymous'),
  row('POST', '/auth/tokens', 'anonymous'),
  row('GET', '/auth/tokens', 'token'),
  row('HEAD', '/auth/tokens', 'token'),
  row('DELETE', '/auth/tokens', 'token'),
  row('GET', '/auth/catalog', 'token'),
  row('GET', '/auth/projects', 'token'),
  row('GET', '/auth/domains', 'token'),
  row('GET', '/domains', 'admin'),
  row('GET', '/domains/:domainId', 'admin'),
  row('GET', '/projects', 'admin'),
  row('POST', '/projects', 'admin'),
  row('GET', '/projects/:projectId', 'admin'),
  row('PATCH', '/projects/:projectId', 'admin'),
  row('DELETE', '/projects/:projectId', 'admin'),
  row('GET', '/users', 'admin'),
  row('POST', '/users', 'admin'),
  row('GET', '/users/:userId', 'self-or-admin'),
  row('PATCH', '/users/:userId', 'admin'),
  row('DELETE', '/users/:userId', 'admin'),
  row('POST', '/users/:userId/password', 'self'),
  row('GET', '/users/:userId/projects', 'self-or-admin'),
  row('GET', credentials, 'self-or-admin'),
  row('POST', credentials, 'self'),
  row('GET', `${credentials}/:credentialId`, 'self-or-admin'),
  row('DELETE', `${credentials}/:credentialId`, 'self-or-admin'),
  row('GET', '/roles', 'admin'),
  row('POST', '/roles', 'admin'),
  row('GET', '/roles/:roleId', 'admin'),
  row('DELETE', '/roles/:roleId', 'admin'),
  row('GET', '/role_assignments', 'admin'),
  row('GET', grant, 'admin'),
  row('GET', `${grant}/:roleId`, 'admin'),
  row('HEAD', `${grant}/:roleId`, 'admin'),
  row('PUT', `${grant}/:roleId`, 'admin'),
  row('DELETE', `${grant}/:roleId`, 'admin'),
];

/** `/identity/v3` for `/identity/v3/users?x`: the mount that a request used. */
export function mountOf(url: string): string {
  return url.startsWith('/identity') ? keystoneMounts[0] : keystoneMounts[1];
}

/** The methods that this face has for a path below a mount; none: no such path. */
export function methodsFor(path: string): readonly string[] {
  const given = path.split('/');
  return keystoneRoutes.flatMap((route) => (fits(route.path.split('/'), given) ? [route.method] : []));
}

function fits(pattern: readonly string[], given: readonly string[]): boolean {
  return (
    pattern.length === given.length &&
    pattern.every((segment, index) => (segment.startsWith(':') ? given[index] !== '' : segment === given[index]))
  );
}
