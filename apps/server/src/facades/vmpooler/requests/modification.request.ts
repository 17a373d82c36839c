import type { FastifyRequest } from 'fastify';
import { lifetimeFailure, tagsFailure, type ModificationRules } from '#pools';
import type { VmpoolerVersion } from '../routing/mounts.js';
import { VmpoolerError } from '../vmpooler-error.js';
import { bodyOf, checkedObject, isObject, type JsonObject } from './json-body.js';
import { rubyInspect, rubyInteger, rubyText } from './ruby-text.js';

/** What a PUT asks for, before anything of it is judged. */
export function modificationBody(request: FastifyRequest, version: VmpoolerVersion): JsonObject {
  if (version === 3) return checkedObject(request);
  const body = bodyOf(request);
  if (body.kind !== 'json') throw new VmpoolerError(400);
  if (Array.isArray(body.value) && body.value.length === 0) return {};
  if (!isObject(body.value)) throw new VmpoolerError(400);
  return body.value;
}

export interface Modification {
  readonly lifetime?: number;
  /** Without those whose value is null or empty: they are not set. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** Every argument is judged, in order; with failures nothing is applied (contracts/vmpooler §6.3). */
export function judgeModification(
  body: JsonObject,
  version: VmpoolerVersion,
  rules: ModificationRules,
): { readonly change: Modification; readonly failures: readonly string[] } {
  const failures: string[] = [];
  let change: Modification = {};
  for (const [name, value] of Object.entries(body)) {
    if (name === 'lifetime') {
      const lifetime = rubyInteger(value) ?? 0;
      failures.push(...lifetimeTexts(lifetime, value, version, rules));
      change = { ...change, lifetime };
    } else if (name === 'tags') {
      failures.push(...tagTexts(value, version, rules));
      change = { ...change, tags: tagsToSet(value) };
    } else failures.push(`Unknown argument ${rubyText(value)}.`);
  }
  return { change, failures };
}

function lifetimeTexts(
  lifetime: number,
  written: unknown,
  version: VmpoolerVersion,
  rules: ModificationRules,
): readonly string[] {
  const failure = lifetimeFailure(lifetime, rules);
  if (failure === undefined) return [];
  if (failure.code === 'lifetime-too-long')
    return [
      `You provided a lifetime (${String(lifetime)}) that exceeds the configured maximum of ${rubyText(failure.facts.limit)}.`,
    ];
  return version === 3
    ? [`Lifetime must be a positive integer (got ${rubyText(written)})`]
    : [`You provided a lifetime (${rubyText(written)}) but you must provide a positive number.`];
}

function tagTexts(value: unknown, version: VmpoolerVersion, rules: ModificationRules): readonly string[] {
  if (!isObject(value) || !Object.values(value).every(isPlain))
    return [`You provided tags (${rubyText(value)}) as something other than a hash.`];
  const entries = Object.entries(value).map(([key, member]): [string, string] => [key, rubyText(member)]);
  const formats = version === 3 ? entries.map(([key, text]) => tagFault(key, text)) : [];
  const others = tagsFailure(Object.fromEntries(entries), rules);
  return [
    ...formats.filter((fault) => fault !== undefined),
    ...(others === undefined ? [] : [`You provided unsuppored tags (${rubyInspect(value)}).`]),
  ];
}

const isPlain = (value: unknown): boolean => value === null || typeof value !== 'object';

function tagsToSet(value: unknown): Readonly<Record<string, string>> {
  if (!isObject(value)) return {};
  const entries = Object.entries(value).map(([key, member]): [string, string] => [key, rubyText(member)]);
  return Object.fromEntries(entries.filter(([, text]) => text !== ''));
}

const longestKey = 50;
const longestValue = 255;

export function tagFault(key: string, value: string): string | undefined {
  if (key === '') return 'Tag key is required';
  if (key.length > longestKey) return 'Tag key too long';
  if (!/^[A-Za-z0-9_.-]+$/.test(key)) return 'Invalid tag key format';
  if (value.length > longestValue) return 'Tag value too long';
  return /^[\w \t\r\n\f\v.@:/-]*$/.test(value) ? undefined : 'Tag value contains invalid characters';
}
