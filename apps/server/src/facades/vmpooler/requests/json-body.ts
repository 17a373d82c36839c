import type { FastifyRequest } from 'fastify';
import { NotJson, parseJson } from '#wire';
import { VmpoolerError } from '../vmpooler-error.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Whatever the content type says (contracts/vmpooler §2). `broken`: what the parser says. */
export type Body =
  | { readonly kind: 'none' }
  | { readonly kind: 'broken'; readonly fault: string }
  | { readonly kind: 'json'; readonly value: unknown };

/** What Ruby's parser takes. */
const parserDepth = 100;

export function bodyOf(request: FastifyRequest): Body {
  const bytes = request.body as Buffer | undefined;
  if (bytes === undefined || bytes.length === 0) return { kind: 'none' };
  try {
    return { kind: 'json', value: parseJson(bytes, { maxDepth: parserDepth }) };
  } catch (error) {
    if (error instanceof NotJson) return { kind: 'broken', fault: error.message };
    throw error;
  }
}

const longest = 10_240;
const deepest = 5;

/** With the checks and texts of version 3; an empty body counts as `{}`. */
export function checkedObject(request: FastifyRequest): JsonObject {
  const body = bodyOf(request);
  if (body.kind === 'none') return {};
  if (body.kind === 'broken') throw VmpoolerError.invalid(`Invalid JSON: ${body.fault}`);
  if (!isObject(body.value)) throw VmpoolerError.invalid('Request body must be a JSON object');
  if (depthOf(body.value) > deepest) throw VmpoolerError.invalid('Request body too complex');
  if (charactersOf(request.body as Buffer) > longest) throw VmpoolerError.invalid('Request body too large');
  return body.value;
}

export function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Objects and lists around each other, empty ones included. */
function depthOf(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0;
  return Object.values(value).reduce<number>((deep, member) => Math.max(deep, depthOf(member)), 0) + 1;
}

function charactersOf(bytes: Buffer): number {
  return bytes.length <= longest ? bytes.length : Array.from(bytes.toString('utf8')).length;
}
