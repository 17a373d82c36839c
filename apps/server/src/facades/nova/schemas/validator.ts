import { Ajv, type ValidateFunction } from 'ajv';
import { mostRelevantFault, pythonStr, type SchemaFault } from '#wire';
import { NovaFault } from '../nova-fault.js';
import { formats, nameRules } from './formats.js';

export type Schema = Readonly<Record<string, unknown>>;

const options = {
  allErrors: true,
  verbose: true,
  strict: true,
  strictRequired: false,
  allowUnionTypes: true,
  unicodeRegExp: false,
} as const;
const strict = new Ajv(options);
const dropping = new Ajv({ ...options, removeAdditional: true });
for (const ajv of [strict, dropping])
  for (const [name, validate] of Object.entries(formats)) ajv.addFormat(name, { type: 'string', validate });

/** A schema, compiled once; faults leave in the words of Nova's validation (contracts/nova §3). */
export class Validator {
  private readonly strict: ValidateFunction;
  /** For /v2, which drops unknown members instead of refusing them. Changes what it validates. */
  private readonly dropping: ValidateFunction;

  constructor(
    schema: Schema,
    private readonly what: 'field/attribute' | 'query parameters',
  ) {
    this.strict = strict.compile(schema);
    this.dropping = dropping.compile(schema);
  }

  /** Throws NovaFault 400. */
  check(document: unknown, dropUnknown: boolean): void {
    const validate = dropUnknown ? this.dropping : this.strict;
    if (validate(document)) return;
    throw new NovaFault(400, this.phrase(mostRelevantFault(validate.errors ?? [])));
  }

  private phrase(fault: SchemaFault): string {
    const rule = nameRules[fault.format ?? ''];
    if (rule !== undefined) return `An invalid 'name' value was provided. The name must be: ${rule}`;
    const step = this.what === 'query parameters' ? fault.path[0] : fault.path.at(-1);
    if (step === undefined) return fault.reason;
    return `Invalid input for ${this.what} ${step}. Value: ${pythonStr(fault.value)}. ${fault.reason}`;
  }
}

export function bodySchema(schema: Schema): Validator {
  return new Validator(schema, 'field/attribute');
}

export function querySchema(schema: Schema): Validator {
  return new Validator(schema, 'query parameters');
}
