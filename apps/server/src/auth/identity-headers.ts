import type { IncomingHttpHeaders } from 'node:http';

/** What Keystone's middleware tells the service behind it; coming from a client it is a lie (contracts/identity §5.2, 1). */
const forged = [
  'identity-status',
  'service-identity-status',
  'service-catalog',
  'is-admin-project',
  'user',
  'role',
  'tenant',
  'tenant-id',
  'tenant-name',
  ...['', 'service-'].flatMap((prefix) => [
    ...['domain', 'user', 'project', 'user-domain', 'project-domain'].flatMap((what) => [
      `${prefix}${what}-id`,
      `${prefix}${what}-name`,
    ]),
    `${prefix}roles`,
  ]),
].map((name) => `x-${name}`);

const identityHeaders: ReadonlySet<string> = new Set([...forged, 'openstack-system-scope']);

/** Takes them off, in place. */
export function dropIdentityHeaders(headers: IncomingHttpHeaders): void {
  for (const name in headers) if (identityHeaders.has(name)) Reflect.deleteProperty(headers, name);
}
