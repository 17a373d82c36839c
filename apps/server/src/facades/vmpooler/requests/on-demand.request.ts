import type { FastifyRequest } from 'fastify';
import type { WantedVms } from '#pools';
import { VmpoolerError } from '../vmpooler-error.js';
import { countsOf, wantedInPath } from './checkout.request.js';
import { bodyOf, isObject } from './json-body.js';
import { rubyText } from './ruby-text.js';

export interface OnDemandWish {
  readonly wanted: readonly WantedVms[];
  /** Null: one is to be made. */
  readonly requestId: string | null;
}

export function wishInBody(request: FastifyRequest): OnDemandWish {
  const body = bodyOf(request);
  if (body.kind === 'json' && body.value === null) throw VmpoolerError.notFound();
  if (body.kind !== 'json' || !isObject(body.value))
    throw VmpoolerError.message(400, 'JSON payload could not be parsed');
  const { request_id: requestId = null, ...counts } = body.value;
  return { wanted: countsOf(counts), requestId: requestIdOf(requestId) };
}

export function wishInPath(request: FastifyRequest): OnDemandWish {
  return { wanted: wantedInPath(request), requestId: null };
}

const longestId = 255;

/** It must fit into the path that asks for the request. */
function requestIdOf(value: unknown): string | null {
  if (value === null) return null;
  const id = typeof value === 'string' || typeof value === 'number' ? rubyText(value) : '';
  // eslint-disable-next-line no-control-regex -- those are what is meant
  if (id === '' || id.length > longestId || /[/\u0000-\u001f\u007f]/.test(id) || !id.isWellFormed())
    throw VmpoolerError.message(
      400,
      `request_id must have 1 to ${String(longestId)} characters, none of them a slash or a control character`,
    );
  return id;
}
