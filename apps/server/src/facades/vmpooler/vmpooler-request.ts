import type { FastifyRequest } from 'fastify';
import type { PoolHolder, PoolUser } from '#pools';
import type { VmpoolerVersion } from './routing/mounts.js';

/** What the guard found out about a request. */
export interface VmpoolerRequest {
  readonly version: VmpoolerVersion;
  /** Of the token that was checked; null: none was asked for. */
  holder: PoolHolder | null;
  /** Of Basic credentials. */
  user: PoolUser | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    vmpooler?: VmpoolerRequest;
  }
}

export function asked(request: FastifyRequest): VmpoolerRequest {
  if (request.vmpooler === undefined) throw new Error('a route of this face without its guard');
  return request.vmpooler;
}

/** A parameter of the path, decoded. */
export function parameter(request: FastifyRequest, name: string): string {
  return (request.params as Record<string, string | undefined>)[name] ?? '';
}
