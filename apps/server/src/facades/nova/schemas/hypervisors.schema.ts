import { querySchema, type Schema } from './validator.js';

const listOf = (items: Schema): Schema => ({ type: 'array', items });
const single = (items: Schema): Schema => ({ ...listOf(items), maxItems: 1 });

/** oslo's words, in its order; query values are texts, so `true` itself never comes. */
const truths = ['True', 'TRUE', 'true', '1', 'ON', 'On', 'on', 'YES', 'Yes', 'yes'] as const;
const lies = ['False', 'FALSE', 'false', '0', 'OFF', 'Off', 'off', 'NO', 'No', 'no'] as const;

const count = { type: ['integer', 'string'], minLength: 1, pattern: '^[0-9]*$' };
const hostname = { type: 'string', minLength: 1, maxLength: 255, pattern: '^[a-zA-Z0-9-._]*$' };
const truth = { type: ['boolean', 'string'], enum: [true, ...truths, false, ...lies] };

export function isTruth(text: string | undefined): boolean {
  return text !== undefined && (truths as readonly string[]).includes(text);
}

/** 2.33–2.52: unknown parameters pass. */
export const pagingQuery = querySchema({
  type: 'object',
  additionalProperties: true,
  properties: { limit: listOf(count), marker: listOf({ type: 'string' }) },
});

/** From 2.53 on. */
export const listQuery = querySchema({
  type: 'object',
  additionalProperties: false,
  properties: {
    limit: single(count),
    marker: single({ type: 'string' }),
    hypervisor_hostname_pattern: single(hostname),
    with_servers: single(truth),
  },
});

export const showQuery = querySchema({
  type: 'object',
  additionalProperties: false,
  properties: { with_servers: single(truth) },
});
