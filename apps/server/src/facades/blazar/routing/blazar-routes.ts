/** The role that a rule asks for; an administrator may do everything (contracts/blazar §12). */
export type BlazarAccess = 'reader' | 'member' | 'admin';

export interface BlazarRouteRow {
  /** GET stands for HEAD as well. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below each of the mounts; parameters as `:id`. */
  readonly path: string;
  /** As the policy names it: `leases:get`. */
  readonly rule: string;
  readonly access: BlazarAccess;
}

const row = (
  method: BlazarRouteRow['method'],
  path: string,
  rule: string,
  access: BlazarAccess = 'admin',
): BlazarRouteRow => ({ method, path, rule, access });

/** Every route of the API, and who may use it; a handler whose route is not here does not load. */
export const blazarRoutes: readonly BlazarRouteRow[] = [
  row('GET', '/leases', 'leases:get', 'reader'),
  row('POST', '/leases', 'leases:post', 'member'),
  row('GET', '/leases/:id', 'leases:get', 'reader'),
  row('PUT', '/leases/:id', 'leases:put', 'member'),
  row('DELETE', '/leases/:id', 'leases:delete', 'member'),
  row('GET', '/os-hosts', 'oshosts:get'),
  row('POST', '/os-hosts', 'oshosts:post'),
  row('GET', '/os-hosts/allocations', 'oshosts:get_allocations'),
  row('GET', '/os-hosts/properties', 'oshosts:get_resource_properties'),
  row('PATCH', '/os-hosts/properties/:name', 'oshosts:update_resource_properties'),
  row('GET', '/os-hosts/:id', 'oshosts:get'),
  row('PUT', '/os-hosts/:id', 'oshosts:put'),
  row('DELETE', '/os-hosts/:id', 'oshosts:delete'),
  row('GET', '/os-hosts/:id/allocation', 'oshosts:get_allocations'),
  row('GET', '/floatingips', 'floatingips:get', 'reader'),
  row('POST', '/floatingips', 'floatingips:post'),
  row('GET', '/floatingips/:id', 'floatingips:get', 'reader'),
  row('DELETE', '/floatingips/:id', 'floatingips:delete'),
];
