import type { ErrorObject } from 'ajv';
import { pythonRepr } from './python-text.js';

/** The one fault of a document that is told, in the words of Python's jsonschema. */
export interface SchemaFault {
  /** Steps to the offending value; empty: the document itself. */
  readonly path: readonly string[];
  readonly value: unknown;
  readonly reason: string;
  /** Name of the format that failed, when it was one. */
  readonly format?: string;
}

/** Of faults at one depth the first kind here is told (contracts/nova §3). */
const kinds = ['additionalProperties', 'required', 'type', 'minLength', 'maxLength', 'minItems', 'maxItems'];

const rank = (error: ErrorObject): number => {
  const index = kinds.indexOf(error.keyword);
  return index < 0 ? kinds.length : index;
};

const steps = (error: ErrorObject): readonly string[] =>
  error.instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

/** What went wrong inside a branch of anyOf or oneOf is not told: that no branch fits is. */
const ofBranch = (error: ErrorObject): boolean => /\/(anyOf|oneOf)\/\d+\//.test(error.schemaPath);

/**
 * The most relevant of ajv's errors: the shallowest, and of these the first kind. The validator must be compiled with
 * `allErrors` and `verbose`.
 */
export function mostRelevantFault(errors: readonly ErrorObject[]): SchemaFault {
  const candidates = errors.filter((error) => !ofBranch(error)).map((error) => ({ error, path: steps(error) }));
  const ordered = candidates.sort((a, b) => a.path.length - b.path.length || rank(a.error) - rank(b.error));
  const chosen = ordered[0];
  if (chosen === undefined) throw new Error('a document without errors has no fault');
  const { error, path } = chosen;
  const alike = candidates.filter(
    (other) => other.error.instancePath === error.instancePath && other.error.keyword === error.keyword,
  );
  const format = error.keyword === 'format' ? { format: String(error.params.format) } : {};
  return {
    path,
    value: error.data,
    reason: reasonOf(
      error,
      alike.map((other) => other.error),
    ),
    ...format,
  };
}

function reasonOf(error: ErrorObject, alike: readonly ErrorObject[]): string {
  const value = pythonRepr(error.data);
  const { params } = error;
  switch (error.keyword) {
    case 'type':
      return `${value} is not of type ${[params.type as string | string[]].flat().map(pythonRepr).join(', ')}`;
    case 'required':
      return `${pythonRepr(params.missingProperty)} is a required property`;
    case 'additionalProperties':
      return unexpected(error, alike);
    case 'minLength':
    case 'minItems':
      return params.limit === 1 ? `${value} should be non-empty` : `${value} is too short`;
    case 'maxLength':
    case 'maxItems':
      return `${value} is too long`;
    case 'pattern':
      return `${value} does not match ${pythonRepr(params.pattern)}`;
    case 'enum':
      return `${value} is not one of ${pythonRepr(params.allowedValues)}`;
    case 'format':
      return `${value} is not a ${pythonRepr(params.format)}`;
    case 'anyOf':
    case 'oneOf':
      return `${value} is not valid under any of the given schemas`;
    default:
      throw new Error(`no words for the schema keyword ${error.keyword}`);
  }
}

function unexpected(error: ErrorObject, alike: readonly ErrorObject[]): string {
  const names = alike.map(({ params }) => String(params.additionalProperty)).sort();
  const shown = names.map(pythonRepr).join(', ');
  const patterns = Object.keys((error.parentSchema?.patternProperties as object | undefined) ?? {}).sort();
  const one = names.length === 1;
  return patterns.length > 0
    ? `${shown} ${one ? 'does' : 'do'} not match any of the regexes: ${patterns.map(pythonRepr).join(', ')}`
    : `Additional properties are not allowed (${shown} ${one ? 'was' : 'were'} unexpected)`;
}
