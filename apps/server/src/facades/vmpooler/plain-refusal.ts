import type { PlainRefusal } from '../../http/last-resort.js';
import { ownHeaders } from './answer.js';

const ours = /^\/(?:api|vmpooler|vm|token|status|summary)(?:[/?]|$)/;
const body = '{\n  "ok": false\n}';

/**
 * What this face says of requests that never get to its handlers. It also speaks of every path that no other face
 * claims (design §9), so it stands last: unknown paths and methods are 404, never 405.
 */
export const vmpoolerPlainRefusal: PlainRefusal = (status, request) => {
  if (status !== 404 && !ours.test(request.url)) return undefined;
  const known = status < 500 || status === 503 ? status : 500;
  return {
    status: known === 405 ? 404 : known,
    headers: known === 503 ? { ...ownHeaders, 'retry-after': '1' } : ownHeaders,
    body: request.method === 'HEAD' ? '' : body,
  };
};
