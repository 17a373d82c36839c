import { Ajv } from 'ajv';
import { mostRelevantFault } from './schema-fault.js';

const ajv = new Ajv({ allErrors: true, verbose: true, strict: true, allowUnionTypes: true, strictRequired: false });
ajv.addFormat('even', { type: 'string', validate: (text: string) => text.length % 2 === 0 });

function fault(
  schema: object,
  document: unknown,
): { path: string; reason: string; value: unknown; format: string | undefined } {
  const check = ajv.compile(schema);
  expect(check(document)).toBe(false);
  const { path, reason, value, format } = mostRelevantFault(check.errors ?? []);
  return { path: path.join('/'), reason, value, format };
}

const closed = { type: 'object', additionalProperties: false };

describe('the one fault that is told', () => {
  it.each([
    [{ type: 'string' }, 5, "5 is not of type 'string'"],
    [{ type: ['string', 'null'] }, 1, "1 is not of type 'string', 'null'"],
    [{ type: 'string', minLength: 1 }, '', "'' should be non-empty"],
    [{ type: 'string', minLength: 2 }, 'a', "'a' is too short"],
    [{ type: 'string', maxLength: 1 }, 'ab', "'ab' is too long"],
    [{ type: 'array', minItems: 1 }, [], '[] should be non-empty'],
    [{ type: 'array', maxItems: 1 }, ['1', '2'], "['1', '2'] is too long"],
    [{ type: 'string', pattern: '^a$' }, 'b', "'b' does not match '^a$'"],
    [{ enum: [true, 'a', null] }, 'b', "'b' is not one of [True, 'a', None]"],
    [{ type: 'string', format: 'even' }, 'a', "'a' is not a 'even'"],
    [{ anyOf: [{ type: 'null' }, { type: 'number' }] }, 'a', "'a' is not valid under any of the given schemas"],
    [
      { oneOf: [{ type: 'null' }, { type: 'string', minLength: 1 }] },
      '',
      "'' is not valid under any of the given schemas",
    ],
    [{ ...closed, properties: { a: {} }, required: ['a'] }, {}, "'a' is a required property"],
    [{ ...closed, properties: { a: {} } }, { b: 1 }, "Additional properties are not allowed ('b' was unexpected)"],
    [{ ...closed }, { z: 1, b: 1 }, "Additional properties are not allowed ('b', 'z' were unexpected)"],
    [{ ...closed, patternProperties: { '^a$': {} } }, { b: 1 }, "'b' does not match any of the regexes: '^a$'"],
    [
      { ...closed, patternProperties: { '^a$': {} } },
      { c: 1, b: 1 },
      "'b', 'c' do not match any of the regexes: '^a$'",
    ],
  ])('%j of %j', (schema, document, reason) => {
    expect(fault(schema, document)).toMatchObject({ path: '', reason, value: document });
  });

  const properties = {
    name: { type: 'string', minLength: 2, format: 'even' },
    list: { type: 'array', items: { type: 'object', properties: { 'a/b~c': { type: 'null' } } } },
  };
  const schema = { ...closed, properties, required: ['name'] };

  it.each([
    ['the shallowest', { list: [{ 'a/b~c': 1 }], name: 5 }, 'name', "5 is not of type 'string'"],
    [
      'unknown members before missing ones',
      { foo: 1 },
      '',
      "Additional properties are not allowed ('foo' was unexpected)",
    ],
    ['missing members before deeper faults', { list: 1 }, '', "'name' is a required property"],
    ['the length before the format', { name: 'a' }, 'name', "'a' is too short"],
    ['the format last', { name: 'abc' }, 'name', "'abc' is not a 'even'"],
    [
      'with every step of the path',
      { name: 'ab', list: [{}, { 'a/b~c': 1 }] },
      'list/1/a/b~c',
      "1 is not of type 'null'",
    ],
  ])('%s', (_name, document, path, reason) => {
    expect(fault(schema, document)).toMatchObject({ path, reason });
  });

  it('names the format that failed', () => {
    expect(fault(schema, { name: 'abc' }).format).toBe('even');
    expect(fault(schema, { name: 'a' }).format).toBeUndefined();
  });

  it('has words for no other keyword', () => {
    expect(() => fault({ type: 'number', multipleOf: 2 }, 3)).toThrow('multipleOf');
    expect(() => mostRelevantFault([])).toThrow('no fault');
  });
});
