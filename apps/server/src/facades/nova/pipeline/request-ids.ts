/** Both names of one id, fresh for each request (contracts/nova §2). */
export function requestIdHeaders(id: string): Readonly<Record<string, string>> {
  return { 'x-openstack-request-id': id, 'x-compute-request-id': id };
}
