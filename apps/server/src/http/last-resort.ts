import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

export interface PlainAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string;
}

/**
 * How a face refuses a request that never got to its handlers: unreadable path, body too long, unknown path. Undefined:
 * the path is not one of its own. `status` is what the HTTP layer would say.
 */
export type PlainRefusal = (status: number, request: FastifyRequest) => PlainAnswer | undefined;

const texts: Readonly<Record<number, string>> = {
  400: 'The request could not be understood.',
  404: 'Not found.',
  408: 'The request took too long to arrive.',
  413: 'The request body is too long.',
  414: 'The request path is too long.',
  415: 'This media type is not supported.',
  503: 'The server is stopping.',
};

/** Faces get the first say (design §9: each mount has its own errors); otherwise a short JSON refusal. Never a stack. */
export function refuse(
  status: number,
  faces: readonly PlainRefusal[],
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  for (const face of faces) {
    const answer = face(status, request);
    if (answer === undefined) continue;
    // As bytes: Fastify adds a charset to text, which the faces do not have.
    void reply.code(answer.status).headers(answer.headers).send(Buffer.from(answer.body));
    return;
  }
  const message = texts[status] ?? 'The server met an unexpected condition.';
  void reply
    .code(status)
    .header('content-type', 'application/json')
    .header('x-openstack-request-id', request.id)
    .send(JSON.stringify({ error: { code: status, message } }));
}

/** What no face's own filter caught: HTTP-level faults and whatever nobody foresaw. */
@Catch()
export class LastResortFilter implements ExceptionFilter {
  constructor(private readonly faces: readonly PlainRefusal[]) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const status = statusOf(thrown);
    if (status >= 500) request.log.error({ err: thrown, request: request.id }, 'unexpected failure');
    refuse(status, this.faces, request, reply);
  }
}

function statusOf(thrown: unknown): number {
  if (thrown instanceof HttpException) return thrown.getStatus();
  const status = (thrown as Partial<FastifyError>).statusCode;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}
