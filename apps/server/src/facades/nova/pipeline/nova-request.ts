import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '#identity';
import type { CommandContext } from '#kernel';
import { isRequestId, parseQuery, preferred, staleWarning, type QueryValues } from '#wire';
import { commandContext } from '../../../auth/index.js';
import type { Microversion } from '../microversions.js';
import type { OperationRules, RouteRules } from '../routing/route.type.js';
import { isFrozen } from '../routing/mounts.js';

declare module 'fastify' {
  interface FastifyRequest {
    nova?: NovaRequest;
  }
}

const plainJson = 'application/json';
const mediaTypes = [plainJson, 'application/vnd.openstack.compute+json'] as const;

/** One request on its way through the steps, and then in front of its handler. */
export class NovaRequest {
  readonly isFrozen: boolean;
  /** Undefined until it is negotiated, and on paths without one. */
  version: Microversion | undefined;
  /** Undefined where no token is needed. */
  principal: Principal | undefined;
  /** What is to be done: the route itself, or the action that the body names. */
  operation: OperationRules;
  action: string | undefined;
  /** The parsed body of POST and PUT; null: none was sent. */
  body: unknown = null;
  private parsedQuery: QueryValues | undefined;

  constructor(
    readonly http: FastifyRequest,
    readonly reply: FastifyReply,
    /** Undefined: no such route. */
    readonly route: RouteRules | undefined,
  ) {
    this.isFrozen = isFrozen(http.url);
    this.operation = route ?? {};
  }

  get minor(): number {
    return this.version?.minor ?? 1;
  }

  get bytes(): Buffer | undefined {
    return this.http.body as Buffer | undefined;
  }

  /** Throws NotUtf8. */
  get query(): QueryValues {
    return (this.parsedQuery ??= parseQuery(this.http.url));
  }

  parameter(name: string): string {
    return (this.http.params as Record<string, string | undefined>)[name] ?? '';
  }

  parameterValues(): readonly string[] {
    return Object.values(this.http.params as Record<string, string>);
  }

  get path(): string {
    return this.http.url.split('?', 1)[0] ?? '';
  }

  get responseType(): string {
    return preferred(this.http.headers.accept, mediaTypes) ?? plainJson;
  }

  /** Says that the answer may be behind the log (C10). */
  markStale(isStale: boolean): void {
    if (isStale) this.reply.header('warning', staleWarning);
  }

  /** A request id that the client brings goes along as what belongs together; the request keeps its own. */
  commandContext(): CommandContext {
    const context = commandContext(this.http, this.principal, 'nova');
    const brought = this.http.headers['x-openstack-request-id'];
    return isRequestId(brought) ? { ...context, correlationId: brought } : context;
  }
}
