import { pythonStr } from '#wire';
import { BlazarError } from './blazar-error.js';
import type { JsonObject } from './pipeline/blazar-request.js';

const required = ['floating_network_id', 'floating_ip_address'] as const;

/** POST (contracts/blazar §10). Values that are no text name no network, and no address. Throws BlazarError. */
export function wantedFloatingIp(body: JsonObject): { readonly networkId: string; readonly address: string } {
  const absent = required.filter((name) => !Object.hasOwn(body, name));
  if (absent.length > 0) throw new BlazarError(400, `Missing parameter ${absent.join(', ')}`);
  return { networkId: pythonStr(body.floating_network_id), address: pythonStr(body.floating_ip_address) };
}
