import { notFound } from './blazar.refusals.js';
import type { BlazarRequest } from './pipeline/blazar-request.js';

const integer = /^[1-9]\d{0,15}$/;

/** No host has an id of another form. Throws BlazarError. */
export function hostIdOf(asked: BlazarRequest): string {
  const id = asked.parameter('id');
  if (!integer.test(id)) throw notFound('host_id', id);
  return id;
}
