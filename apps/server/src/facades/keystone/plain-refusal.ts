import type { PlainRefusal } from '../../http/last-resort.js';
import { isKeystoneStatus, keystoneErrorBody, unknownUrl } from './keystone-error.js';

const ours = /^\/(?:identity(?:[/?]|$)|v3)/;

const texts: Readonly<Record<number, string>> = {
  400: 'The request could not be understood.',
  404: unknownUrl,
  413: 'Request is too large.',
  414: 'The request path is too long.',
  415: 'This media type is not supported.',
  500: 'An unexpected error prevented the server from fulfilling your request.',
  503: 'The server is stopping.',
};

/** What this face says of requests that never get to its handlers: paths that cannot be decoded, bodies above the limit. */
export const keystonePlainRefusal: PlainRefusal = (status, request) => {
  if (!ours.test(request.url)) return undefined;
  const known = isKeystoneStatus(status) ? status : status < 500 ? 400 : 500;
  return {
    status: known,
    headers: { 'content-type': 'application/json', vary: 'X-Auth-Token', 'x-openstack-request-id': request.id },
    body: request.method === 'HEAD' ? '' : keystoneErrorBody(known, texts[known] ?? texts[400] ?? ''),
  };
};
