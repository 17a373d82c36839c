import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { parseDocument } from 'yaml';
import { matcherTags } from './matchers.js';
import type { Defaults, WireSuite, WireTest } from './suite.type.js';

const text = { type: 'string' };
const anything = {};
const map = (values: object): object => ({ type: 'object', additionalProperties: values });
const closed = (properties: Record<string, object>, ...required: readonly string[]): object => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});

const status = { type: 'integer', minimum: 100, maximum: 599 };
const headers = map({ anyOf: [text, { type: 'array', items: text, minItems: 1 }, { type: 'null' }] });

const expectation = closed(
  {
    status: { anyOf: [status, { type: 'array', items: status, minItems: 1 }, { type: 'string', pattern: '^\\$' }] },
    headers: map(anything),
    json: anything,
    partial: anything,
    paths: { ...map(anything), minProperties: 1 },
    text: anything,
    contains: { anyOf: [text, { type: 'array', items: text, minItems: 1 }] },
  },
  'status',
);

const test = closed(
  {
    name: { ...text, minLength: 1 },
    request: { ...text, pattern: '^([A-Z]+ |\\$\\{?\\w+\\}?( |$))' },
    mount: text,
    as: text,
    headers,
    json: anything,
    text,
    base64: text,
    filler: closed(
      {
        size: {
          anyOf: [
            { type: 'integer', minimum: 1 },
            { type: 'string', pattern: '^\\$' },
          ],
        },
        of: { ...text, minLength: 1, maxLength: 1 },
      },
      'size',
      'of',
    ),
    expect: expectation,
    until: closed({ seconds: { type: 'integer', minimum: 1, maximum: 30 } }, 'seconds'),
    capture: map(text),
    each: { type: 'array', minItems: 1, items: { type: 'object', minProperties: 1 } },
  },
  'name',
  'request',
  'expect',
);

const suite = closed(
  {
    about: { ...text, minLength: 1 },
    server: { type: 'object' },
    defaults: closed({ mount: text, as: text, headers, expectHeaders: map(anything) }),
    setup: { type: 'array', items: test },
    tests: { type: 'array', items: test, minItems: 1 },
  },
  'about',
  'tests',
);

const check = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile<Written>(suite);

interface Written {
  readonly about: string;
  readonly server?: Readonly<Record<string, unknown>>;
  readonly defaults?: Defaults;
  readonly setup?: readonly WireTest[];
  readonly tests: readonly WireTest[];
}

/** Throws with every fault of the document: unknown keys and tags, tests without an expectation, names used twice. */
export function parseSuite(file: string, source: string): WireSuite {
  const document = parseDocument(source, { customTags: matcherTags, prettyErrors: true });
  const faults = [...document.errors, ...document.warnings].map((fault) => fault.message);
  if (faults.length > 0) throw new Error(`${file}: ${faults.join('\n')}`);
  const written: unknown = document.toJS({ maxAliasCount: 1000 });
  if (!check(written)) {
    const words = (check.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath || 'file'} ${message ?? ''} ${JSON.stringify(params)}`,
    );
    throw new Error(`${file} is no wire suite:\n  ${words.join('\n  ')}`);
  }
  const { about, server = {}, defaults = {}, setup = [], tests } = written;
  const all = [...setup, ...tests].flatMap((one) => expandRows(one));
  const names = all.map((one) => one.name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0) throw new Error(`${file}: tests with the same name: ${twice.join(', ')}`);
  for (const one of all) oneBody(file, one);
  return { file, about, server, defaults, setup, tests };
}

export function readSuite(file: string): WireSuite {
  return parseSuite(file, readFileSync(file, 'utf8'));
}

/** A test with `each` is one test for each row; the row's texts stand in its name (`$member`), else its number does. */
export function expandRows(
  test: WireTest,
): readonly (WireTest & { readonly row?: Readonly<Record<string, unknown>> })[] {
  if (test.each === undefined) return [test];
  return test.each.map((row, index) => {
    const named = test.name.replace(/\$\{?([A-Za-z]\w*)\}?/g, (found, name: string) =>
      Object.hasOwn(row, name) ? asText(row[name]) : found,
    );
    return { ...test, row, name: named === test.name ? `${test.name} (${String(index + 1)})` : named };
  });
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function oneBody(file: string, test: WireTest): void {
  const bodies = (['json', 'text', 'base64', 'filler'] as const).filter((name) => Object.hasOwn(test, name));
  if (bodies.length > 1) throw new Error(`${file}: "${test.name}" has ${bodies.join(' and ')}; one body at most`);
}
