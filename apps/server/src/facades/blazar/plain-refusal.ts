import type { PlainRefusal } from '../../http/last-resort.js';
import { ownHeaders } from './answer.js';
import { shortBody, ShortError } from './blazar-error.js';
import { methodsFor } from './routing/mounts.js';

const ours = /^\/(?:reservation(?:[/?]|$)|v1(?:\/?(?:\?|$)|\/(?:leases|os-hosts|floatingips|plugins)))/;

const texts: Readonly<Record<number, string>> = {
  400: 'The request could not be understood.',
  408: 'The request took too long to arrive.',
  413: 'The request body is too long.',
  414: 'The request path is too long.',
  415: 'This media type is not supported.',
  503: 'The server is stopping.',
};

/** What this face says of requests that never get to its handlers. */
export const blazarPlainRefusal: PlainRefusal = (status, request) => {
  if (!ours.test(request.url)) return undefined;
  const { status: own, message, headers } = errorOf(status, request.method, request.url);
  return {
    status: own,
    headers: { ...ownHeaders(request.id), ...headers },
    body: request.method === 'HEAD' ? '' : shortBody(own, message),
  };
};

/** Methods that no route of anybody's takes are not found, says the HTTP layer; Blazar says it of paths alone. */
function errorOf(status: number, method: string, url: string): ShortError {
  if (status === 404) return ShortError.noRoute(method, methodsFor(url));
  const text = texts[status];
  if (text === undefined) return new ShortError(500, 'Internal Server Error');
  return new ShortError(status, text, status === 503 ? { 'retry-after': '1' } : {});
}
