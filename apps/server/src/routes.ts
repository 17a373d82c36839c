import type { FastifyInstance } from 'fastify';

export interface RegisteredRoute {
  readonly method: string;
  /** Fastify's pattern: `/compute/v2.1/os-aggregates/:id`. */
  readonly path: string;
}

/** Everything that the HTTP layer answers itself; the authorisation matrix is made from it. Call before routes are registered. */
export function collectRoutes(fastify: FastifyInstance): readonly RegisteredRoute[] {
  const routes: RegisteredRoute[] = [];
  fastify.addHook('onRoute', ({ method, path }) => {
    for (const one of [method].flat()) routes.push({ method: one, path });
  });
  return routes;
}
