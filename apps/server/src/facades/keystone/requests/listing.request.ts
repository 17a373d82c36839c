import type { FastifyRequest } from 'fastify';
import { parseQuery, type QueryValues } from '#wire';
import type { Paging } from '#identity';
import { KeystoneError } from '../keystone-error.js';

/** Most rows of one answer; `links.next` leads on. */
const pageLimit = 1_000;

/** A parameter's last value. */
export function value(query: QueryValues, name: string): string | undefined {
  return Object.hasOwn(query, name) ? query[name]?.at(-1) : undefined;
}

/** Given at all, and not as `0` or `false`. */
export function isSet(query: QueryValues, name: string): boolean {
  const given = value(query, name)?.toLowerCase();
  return given !== undefined && given !== '0' && given !== 'false';
}

export function queryOf(request: FastifyRequest): QueryValues {
  return parseQuery(request.url);
}

export function pagingOf(query: QueryValues): Paging {
  const limit = value(query, 'limit');
  if (limit !== undefined && !/^[1-9]\d{0,8}$/.test(limit))
    throw KeystoneError.badRequest('The parameter limit must be a positive number.');
  return {
    limit: limit === undefined ? pageLimit : Math.min(Number(limit), pageLimit),
    marker: value(query, 'marker') ?? null,
  };
}

export function enabledOf(query: QueryValues): { readonly enabled?: boolean } {
  return value(query, 'enabled') === undefined ? {} : { enabled: isSet(query, 'enabled') };
}

export function nameOf(query: QueryValues): { readonly name?: string } {
  const name = value(query, 'name');
  return name === undefined ? {} : { name };
}

/** False when the parameter asks for something of another domain: there is nothing. */
export function isOwnDomainAsked(query: QueryValues): boolean {
  return (value(query, 'domain_id') ?? 'default') === 'default';
}
