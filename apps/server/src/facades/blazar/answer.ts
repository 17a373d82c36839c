import type { FastifyReply, FastifyRequest } from 'fastify';

/** On every answer (contracts/blazar §2); the type has no charset. */
export function ownHeaders(id: string): Readonly<Record<string, string>> {
  return { 'content-type': 'application/json', 'x-openstack-request-id': id };
}

export const versionHeaders: Readonly<Record<string, string>> = {
  vary: 'OpenStack-API-Version',
  'openstack-api-version': 'reservation 1.0',
};

/** Of a route of the API. HEAD is answered as GET, without the body. */
export function answer({ http, reply }: Answered, status: number, text: string): void {
  reply.code(status).headers(ownHeaders(http.id)).headers(versionHeaders);
  send(http, reply, text);
}

/** 204; with a content type, as Blazar has it. */
export function answerNothing({ http, reply }: Answered): void {
  reply.code(204).headers(ownHeaders(http.id)).headers(versionHeaders).send();
}

/** As bytes: Fastify adds a charset to text. */
export function send({ method }: FastifyRequest, reply: FastifyReply, text: string): void {
  const bytes = Buffer.from(text);
  if (method === 'HEAD') reply.header('content-length', bytes.length).send(Buffer.alloc(0));
  else reply.send(bytes);
}

interface Answered {
  readonly http: FastifyRequest;
  readonly reply: FastifyReply;
}
