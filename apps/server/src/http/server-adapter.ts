import { randomUUID } from 'node:crypto';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { closeConnectionsAsTheyIdle } from './closing.js';
import { refuse, type PlainRefusal } from './last-resort.js';

export interface AdapterSettings {
  readonly bodyLimitBytes: number;
  readonly connections: number;
  readonly requestTimeoutSeconds: number;
  readonly keepAliveSeconds: number;
  readonly trustedProxies: readonly string[];
}

/**
 * Fastify as the faces need it: bodies arrive as bytes (each face has its own order of checks), HEAD is no GET,
 * a trailing slash and letter case matter, and every request has an id of the form `req-<uuid4>`.
 */
export function createServerAdapter(
  settings: AdapterSettings,
  logger: FastifyBaseLogger,
  faces: readonly PlainRefusal[],
): FastifyAdapter {
  const adapter = new FastifyAdapter({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    // One logger for all: a child for each request costs more than the request id in the few lines that are written.
    childLoggerFactory: (parent: FastifyBaseLogger) => parent,
    genReqId: () => `req-${randomUUID()}`,
    requestIdHeader: false,
    rewriteUrl: ({ url = '/' }) => originForm(url),
    exposeHeadRoutes: false,
    bodyLimit: settings.bodyLimitBytes,
    requestTimeout: settings.requestTimeoutSeconds * 1000,
    keepAliveTimeout: settings.keepAliveSeconds * 1000,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    frameworkErrors: (error: { readonly statusCode?: number }, request: FastifyRequest, reply: FastifyReply) => {
      refuse(error.statusCode ?? 400, faces, request, reply);
    },
    trustProxy: settings.trustedProxies.length > 0 ? [...settings.trustedProxies] : false,
    routerOptions: { maxParamLength: 1024, ignoreTrailingSlash: false, caseSensitive: true },
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body.length === 0 ? undefined : body);
  });
  fastify.addHook('onRequest', ({ method, raw: { headers } }, _reply, done) => {
    const type = headers['content-type'];
    if (type === undefined ? method === 'QUERY' : !mediaType.test(type)) headers['content-type'] = unknownType;
    done();
  });
  fastify.server.maxConnections = settings.connections;
  closeConnectionsAsTheyIdle(fastify);
  return adapter;
}

/** Where there is another, Fastify refuses by itself; what a body of no known type means is for each face to say. */
const mediaType = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/;
const unknownType = 'application/octet-stream';

/** A request target may name the server as well (RFC 9112 §3.2.2); everybody behind this sees its path and query alone. */
function originForm(target: string): string {
  if (target.startsWith('/')) return target;
  const rest = target.replace(/^https?:\/\/[^/?#]*/i, '');
  return rest.startsWith('/') ? rest : `/${rest}`;
}
