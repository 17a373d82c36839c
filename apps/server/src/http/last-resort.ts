import type { FastifyError, FastifyInstance } from 'fastify';

/** What a face answers when the request never got to its handlers: unreadable path, body too long, unknown path. */
export type PlainRefusal = (
  status: number,
  request: { readonly url: string; readonly method: string; readonly id: string },
) =>
  | { readonly status: number; readonly headers: Readonly<Record<string, string | string[]>>; readonly body: string }
  | undefined;

const texts: Readonly<Record<number, string>> = {
  400: 'The request could not be understood.',
  404: 'Not found.',
  408: 'The request took too long to arrive.',
  413: 'The request body is too long.',
  414: 'The request path is too long.',
  415: 'This media type is not supported.',
  503: 'The server is stopping.',
};

/** Faces get the first say (design §9: each mount has its own errors); otherwise a short JSON refusal. Never a stack, never a 5xx for bad input. */
export function refuseWhatNoFaceSaw(fastify: FastifyInstance, faces: readonly PlainRefusal[]): void {
  fastify.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) request.log.error({ err: error, request: request.id }, 'unexpected failure');
    for (const face of faces) {
      const answer = face(status, request);
      if (answer !== undefined) return reply.code(answer.status).headers(answer.headers).send(answer.body);
    }
    const message = texts[status] ?? 'The server met an unexpected condition.';
    return reply
      .code(status)
      .header('content-type', 'application/json')
      .send(JSON.stringify({ error: { code: status, message } }));
  });
}
