import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Principal } from '#identity';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by whoever authenticated the request. */
    principal?: Principal;
    /** Instead of it, where it was not by a token of the identity service. */
    actor?: { readonly userId: string; readonly projectId: string | null };
  }
}

export interface RequestFacts {
  readonly method: string;
  /** The route's pattern, never the path itself: bounded, and free of what clients put into it. */
  readonly route: string;
  readonly status: number;
  readonly milliseconds: number;
}

/** One line and one observation for each answered request. Never headers, never a body, never a query: they hold secrets. */
export function logRequests(fastify: FastifyInstance, observe: (facts: RequestFacts) => void): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const facts = {
      method: request.method,
      route: routeOf(request),
      status: reply.statusCode,
      milliseconds: reply.elapsedTime,
    };
    observe(facts);
    fastify.log.info(
      {
        ...facts,
        request: request.id,
        actor: request.principal?.userId ?? request.actor?.userId ?? null,
        project: request.principal?.project?.id ?? request.actor?.projectId ?? null,
        path: loggedPath(request.url, facts.route),
      },
      'answered',
    );
    done();
  });
}

/** No name or id is so long; a token in a path, as some protocols have them, is. */
const tokenLength = 100;
const tokens = new RegExp(`[^/]{${String(tokenLength)},}`, 'g');
/** Pool tokens are shorter: known by the route, or by their form where there is no route. */
const lastSegment = /[^/]+(?=\/?$)/;
const poolToken = /(?<=\/)[a-y][a-z0-9]{31}(?=\/|$)/g;
const longestPath = 512;

function loggedPath(url: string, route: string): string {
  const [whole = ''] = url.split('?', 1);
  const path = route.includes('/:token')
    ? whole.replace(lastSegment, '…')
    : route === unrouted
      ? whole.replace(poolToken, '…')
      : whole;
  if (path.length < tokenLength) return path;
  return path.replaceAll(tokens, '…').slice(0, longestPath);
}

const unrouted = 'none';

function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? unrouted;
}
