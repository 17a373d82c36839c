import { createHash } from 'node:crypto';

interface CatalogService {
  readonly type: string;
  readonly name: string;
  /** Canonical mount, without a slash at the end (design §9). */
  readonly path: string;
}

/** What clients find in the catalog: one line for each face of OpenStack. */
export const catalogServices: readonly CatalogService[] = [
  { type: 'compute', name: 'nova', path: '/compute/v2.1' },
  { type: 'identity', name: 'keystone', path: '/identity/v3' },
  { type: 'image', name: 'glance', path: '/image' },
  { type: 'reservation', name: 'blazar', path: '/reservation/v1' },
];

const interfaces = ['public', 'internal', 'admin'] as const;

/** The same on every server, so that clients may keep it. 32 hex digits. */
function stableId(name: string): string {
  return createHash('sha256').update(`leasebook catalog ${name}`).digest('hex').slice(0, 32);
}

/** contracts/identity §3. `base`: public URL of the server, without a slash at the end. */
export function catalogView(base: string, region: string): readonly unknown[] {
  return catalogServices.map(({ type, name, path }) => ({
    id: stableId(type),
    type,
    name,
    endpoints: interfaces.map((each) => ({
      id: stableId(`${type} ${each}`),
      interface: each,
      region,
      region_id: region,
      url: `${base}${path}`,
    })),
  }));
}
