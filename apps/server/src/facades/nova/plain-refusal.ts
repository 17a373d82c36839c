import type { PlainRefusal } from '../../http/last-resort.js';
import { webObError } from '#wire';
import { faultBody, faultContentType, notFoundText } from './nova-fault.js';
import { requestIdHeaders } from './pipeline/request-ids.js';

const texts: Readonly<Record<number, string>> = {
  400: 'Malformed request URL',
  413: 'Request is too large.',
  415: 'Unsupported Content-Type',
};

const ours = /^\/(?:compute(?:[/?]|$)|v2)/;

/** What this face says of requests that Fastify itself refuses: paths it cannot decode, bodies above the server's limit. */
export const novaPlainRefusal: PlainRefusal = (status, request) => {
  if (!ours.test(request.url)) return undefined;
  const ids = requestIdHeaders(request.id);
  if (status === 404) {
    const { contentType, body } = webObError(request.headers.accept, '404 Not Found', notFoundText);
    return { status, headers: { ...ids, 'content-type': contentType }, body };
  }
  const message = texts[status];
  if (message === undefined) return undefined;
  return { status, headers: { ...ids, 'content-type': faultContentType }, body: faultBody(status, message) };
};
