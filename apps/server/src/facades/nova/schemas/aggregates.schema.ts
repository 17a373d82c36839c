import { bodySchema, querySchema, type Schema } from './validator.js';

function object(properties: Schema, required: readonly string[] = [], more: Schema = {}): Schema {
  return { type: 'object', additionalProperties: false, properties, required, ...more };
}

const name = { type: 'string', minLength: 1, maxLength: 255, format: 'name' };
const nameWithBlanks = { ...name, format: 'name_with_leading_trailing_spaces' };
const zone = { oneOf: [{ type: 'string', minLength: 1, maxLength: 255, format: 'az_name' }, { type: 'null' }] };
const host = { type: 'string', minLength: 1, maxLength: 255, pattern: '^[a-zA-Z0-9-._]*$' };
const metadata = {
  type: 'object',
  additionalProperties: false,
  patternProperties: { '^[a-zA-Z0-9-_:. ]{1,255}$': { type: ['string', 'null'], maxLength: 255 } },
};
const eitherOf = { anyOf: [{ required: ['name'] }, { required: ['availability_zone'] }] };
const image = object({ id: { type: 'string', format: 'uuid' } }, ['id']);
const images = { type: 'array', minItems: 1, items: image };

/** contracts/nova §5, "Fields in requests". */
export const createAggregate = bodySchema(
  object({ aggregate: object({ name, availability_zone: zone }, ['name']) }, ['aggregate']),
);
export const updateAggregate = bodySchema(
  object({ aggregate: object({ name: nameWithBlanks, availability_zone: zone }, [], eitherOf) }, ['aggregate']),
);
export const addHost = bodySchema(object({ add_host: object({ host }, ['host']) }, ['add_host']));
export const removeHost = bodySchema(object({ remove_host: object({ host }, ['host']) }, ['remove_host']));
export const setMetadata = bodySchema(object({ set_metadata: object({ metadata }, ['metadata']) }, ['set_metadata']));
export const cacheImages = bodySchema(object({ cache: images }, ['cache']));

/** From 2.102 on. */
export const noQuery = querySchema(object({}));
