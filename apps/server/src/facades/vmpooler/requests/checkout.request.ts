import type { FastifyRequest } from 'fastify';
import type { WantedVms } from '#pools';
import type { VmpoolerVersion } from '../routing/mounts.js';
import { parameter } from '../vmpooler-request.js';
import { VmpoolerError } from '../vmpooler-error.js';
import { bodyOf, checkedObject, isObject, type JsonObject } from './json-body.js';
import { rubyInteger } from './ruby-text.js';

/** `POST /vm`: counts by name. Counts of 0 are only in versions 1 and 2. Throws 404 when no name is given. */
export function wantedInBody(request: FastifyRequest, version: VmpoolerVersion): readonly WantedVms[] {
  const wanted = version === 3 ? checkedCounts(checkedObject(request)) : countsOf(uncheckedObject(request));
  if (wanted.length === 0) throw VmpoolerError.notFound();
  return wanted;
}

/** `POST /vm/<a>+<a>`: each occurrence is one machine. */
export function wantedInPath(request: FastifyRequest): readonly WantedVms[] {
  const counts = new Map<string, number>();
  for (const name of namesOf(parameter(request, '*'))) counts.set(name, (counts.get(name) ?? 0) + 1);
  if (counts.size === 0) throw VmpoolerError.notFound();
  return Array.from(counts, ([name, count]) => ({ name, count }));
}

/** As Ruby splits: without empty names at the end. What has a slash in it is another path, and there is none. */
function namesOf(path: string): readonly string[] {
  const segment = path.endsWith('/') ? path.slice(0, -1) : path;
  if (segment.includes('/')) throw VmpoolerError.notFound();
  const names = segment.split('+');
  while (names.at(-1) === '') names.pop();
  return names;
}

function uncheckedObject(request: FastifyRequest): JsonObject {
  const body = bodyOf(request);
  if (body.kind === 'none' || (body.kind === 'json' && body.value === null)) throw VmpoolerError.notFound();
  if (body.kind === 'broken' || !isObject(body.value)) throw new VmpoolerError(400);
  return body.value;
}

/** As Ruby reads them: text without a number, and what is negative, is 0. */
export function countsOf(body: JsonObject): readonly WantedVms[] {
  return Object.entries(body).map(([name, value]) => {
    const count = rubyInteger(value);
    if (count === undefined) throw new VmpoolerError(400);
    return { name, count: Math.max(0, count) };
  });
}

const longestName = 100;
const highestCount = 100;

function checkedCounts(body: JsonObject): readonly WantedVms[] {
  return Object.entries(body).map(([name, value]) => {
    const fault = poolNameFault(name) ?? countFault(value);
    if (fault !== undefined) throw VmpoolerError.invalid(fault);
    return { name, count: Number(value) };
  });
}

export function poolNameFault(name: string): string | undefined {
  if (name === '') return 'Pool name is required';
  if (name.length > longestName) return 'Pool name too long';
  return /^[A-Za-z0-9_-]+$/.test(name) ? undefined : 'Invalid pool name format';
}

export function countFault(value: unknown): string | undefined {
  if (value === null) return 'VM count is required';
  const written = typeof value === 'number' ? String(value) : value;
  if (typeof written !== 'string' || !/^\d+$/.test(written)) return 'VM count must be a valid integer';
  if (Number(written) < 1) return 'VM count must be at least 1';
  return Number(written) > highestCount ? `VM count must be at most ${String(highestCount)}` : undefined;
}
