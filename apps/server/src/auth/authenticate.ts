import type { FastifyRequest } from 'fastify';
import type { TokenVerifier, Verification } from '#identity';
import { dropIdentityHeaders } from './identity-headers.js';

/** Longer than any identity service makes them; Keystone's own are under 255. */
const maxTokenLength = 8_192;

/** The one value of a header; undefined when it is missing, empty or there more than once. */
export function singleHeader(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * Who sends this request: `X-Auth-Token`, and beside it `X-Service-Token`. Identity headers that the client made up are
 * taken off the request. On success `request.principal` is set, for the log of requests.
 * `serviceType`: the catalog's type of the face, which access rules name.
 */
export async function authenticate(
  verifier: TokenVerifier,
  request: FastifyRequest,
  serviceType: string,
): Promise<Verification> {
  dropIdentityHeaders(request.headers);
  const token = singleHeader(request, 'x-auth-token');
  if (token === undefined || token.length > maxTokenLength) return { kind: 'invalid' };
  const serviceToken = singleHeader(request, 'x-service-token');
  const verification = await verifier.verify({
    token,
    ...(serviceToken === undefined || serviceToken.length > maxTokenLength ? {} : { serviceToken }),
    request: { serviceType, method: request.method, path: pathOf(request) },
  });
  if (verification.kind === 'valid') request.principal = verification.principal;
  return verification;
}

function pathOf(request: FastifyRequest): string {
  const end = request.url.indexOf('?');
  return end < 0 ? request.url : request.url.slice(0, end);
}
