import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasRole, type Principal } from '#identity';
import type { CommandContext } from '#kernel';
import type { Caller } from '#reservations';
import { isRequestId, parseQuery, staleWarning, type QueryValues } from '#wire';
import { commandContext } from '../../../auth/index.js';
import type { BlazarRouteRow } from '../routing/blazar-routes.js';
import { withoutSuffix } from '../routing/mounts.js';

declare module 'fastify' {
  interface FastifyRequest {
    blazar?: BlazarRequest;
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** One request on its way through the steps, and then in front of its handler. */
export class BlazarRequest {
  /** Set by the first step. */
  principal: Principal | undefined;
  /** Until then answers do not tell a version. */
  hasVersion = false;
  /** Of POST, PUT and PATCH; none is `{}`. */
  body: JsonObject = {};

  constructor(
    readonly http: FastifyRequest,
    readonly reply: FastifyReply,
    readonly row: BlazarRouteRow,
  ) {}

  get isAdministrator(): boolean {
    return this.principal !== undefined && hasRole(this.principal, 'admin');
  }

  /** Of the token; empty: it is for none. */
  get projectId(): string {
    return this.principal?.project?.id ?? '';
  }

  get caller(): Caller {
    return {
      userId: this.principal?.userId ?? '',
      projectId: this.projectId,
      administrator: this.isAdministrator,
    };
  }

  /** Throws NotUtf8. */
  get query(): QueryValues {
    return parseQuery(this.http.url);
  }

  /** Decoded, and without the `.json` that may follow a path. */
  parameter(name: string): string {
    const text = (this.http.params as Record<string, string | undefined>)[name] ?? '';
    return this.row.path.endsWith(`:${name}`) ? withoutSuffix(text) : text;
  }

  /** A request id that the client brings goes along as what belongs together; the request keeps its own. */
  context(time: number): CommandContext {
    const context = commandContext(this.http, this.principal, 'blazar', time);
    const brought = this.http.headers['x-openstack-request-id'];
    return isRequestId(brought) ? { ...context, correlationId: brought } : context;
  }

  /** Says that the answer may be behind the log (C10). */
  markStale(isStale: boolean): void {
    if (isStale) this.reply.header('warning', staleWarning);
  }
}
