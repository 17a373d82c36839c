import type { EnrolHost } from '#reservations';
import { pythonRepr, pythonStr } from '#wire';
import { BlazarError } from './blazar-error.js';
import { columnNames } from './host.view.js';
import type { JsonObject } from './pipeline/blazar-request.js';

export type Capabilities = readonly (readonly [key: string, value: string])[];

/** POST (contracts/blazar §11): an id, or else a name; what is no column of a host is a capability. Throws BlazarError. */
export function wantedHost(body: JsonObject): EnrolHost['wanted'] {
  const { id, name, ...rest } = body;
  const [key, value] = isGiven(id) ? (['id', id] as const) : (['name', name] as const);
  if (!isGiven(value)) throw new BlazarError(403, `Invalid values for host ${pythonRepr(rest)}`);
  const text = pythonStr(value);
  const extras = Object.entries(rest).filter(([each]) => !Object.hasOwn(columnNames, each));
  return { [key]: text, capabilities: capabilitiesOf(extras, text) };
}

/** PUT: flat, or all under `values` (contracts/blazar §14). Throws BlazarError. */
export function changedCapabilities(body: JsonObject, hostId: string): Capabilities {
  const { values, ...others } = body;
  const isWrapped = isObject(values) && Object.keys(others).length === 0;
  return capabilitiesOf(Object.entries(isWrapped ? values : body), hostId);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Stored as texts: `4` is `"4"`. */
function capabilitiesOf(extras: readonly (readonly [string, unknown])[], host: string): Capabilities {
  const refused = extras.filter(([key, value]) => !isStorable(key, value)).map(([key]) => key);
  if (refused.length > 0)
    throw new BlazarError(409, `Can't add extracapabilities ${pythonRepr(refused)} to Host ${host}`);
  return extras.map(([key, value]) => [key, pythonStr(value)] as const);
}

/** A capability has one value, and that is text which can be written down. */
function isStorable(key: string, value: unknown): boolean {
  if (value === null || typeof value === 'object') return false;
  return key.isWellFormed() && (typeof value !== 'string' || value.isWellFormed());
}
