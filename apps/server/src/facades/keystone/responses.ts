import type { FastifyReply, FastifyRequest } from 'fastify';

/** On every answer of this face. */
export function ownHeaders(request: FastifyRequest): Record<string, string> {
  return {
    'content-type': 'application/json',
    vary: 'X-Auth-Token',
    'x-openstack-request-id': request.id,
  };
}

/** `body` undefined: none at all, and no content type. As bytes: Fastify adds a charset to text, which Keystone does not have. */
export function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const { 'content-type': contentType, ...rest } = ownHeaders(request);
  reply.code(status).headers({ ...rest, ...headers });
  if (body === undefined) reply.send();
  else
    reply.header('content-type', contentType).send(request.method === 'HEAD' ? '' : Buffer.from(JSON.stringify(body)));
}
