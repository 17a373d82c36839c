import { settingRows, type SettingRow } from './settings.schema.js';

/** docs/reference/configuration.md, made from the table that validates. */
export function configurationReference(): string {
  const sections = settingRows.flatMap((row) => nested(row));
  return [
    '# Configuration',
    '',
    'Made from the table that checks the settings at start (`apps/server/src/profiles/settings.schema.ts`); do not edit it by hand.',
    '',
    'Every setting stands in the YAML file under its key; those with a name in the second column can also be set in the environment, which outranks the file. The',
    'file is `config/leasebook.yaml`, or the one that `LEASEBOOK_CONFIG` names; without either, the demo configuration is served. Anything unknown, mistyped or out of',
    'bounds is refused at start, all faults at once.',
    '',
    '| Key | Environment | Values | Default | What for |',
    '| --- | --- | --- | --- | --- |',
    ...settingRows.map((row) => line(row.key, row.env, row.schema, row.about)),
    ...sections,
    '',
  ].join('\n');
}

type Schema = SettingRow['schema'];

function line(key: string, env: string | undefined, schema: Schema, about: string): string {
  return `| \`${key}\` | ${env === undefined ? '' : `\`${env}\``} | ${values(schema)} | ${fallback(schema)} | ${about.replaceAll('|', '\\|')} |`;
}

function nested(row: SettingRow): readonly string[] {
  const schema = entryOf(row.schema);
  if (schema.properties === undefined) return [];
  return [
    '',
    `## ${row.key}`,
    '',
    `${row.about}${row.schema.type === 'array' ? ' Each entry:' : ''}`,
    '',
    '| Key | Values | Default |',
    '| --- | --- | --- |',
    ...members(schema, ''),
  ];
}

function entryOf(schema: Schema): Schema {
  return schema.type === 'array' ? (schema.items as Schema) : schema;
}

/** One line for each; those of a member that has members itself stand under its name. */
function members(schema: Schema, above: string): readonly string[] {
  const properties = (schema.properties ?? {}) as Readonly<Record<string, Schema>>;
  const required = new Set((schema.required ?? []) as readonly string[]);
  return Object.entries(properties).flatMap(([key, property]) => {
    const name = `${above}${key}`;
    if (entryOf(property).properties !== undefined)
      return members(entryOf(property), `${name}${property.type === 'array' ? '[]' : ''}.`);
    return [`| \`${name}\` | ${values(property)} | ${required.has(key) ? 'required' : fallback(property)} |`];
  });
}

function values(schema: Schema): string {
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (schema.type === 'integer' || schema.type === 'number')
    return `${String(schema.minimum)} … ${String(schema.maximum)}`;
  if (schema.type === 'boolean') return '`true`, `false`';
  if (schema.type === 'array') return `list of ${values(schema.items as Schema)}`;
  if (schema.type === 'object')
    return schema.properties === undefined ? `by name: ${values(schema.additionalProperties as Schema)}` : 'see below';
  if (typeof schema.format === 'string') return schema.format;
  const pattern = schema.pattern;
  if (typeof pattern === 'string' && pattern.endsWith('://')) return 'URL';
  return 'text';
}

function fallback(schema: Schema): string {
  const value = schema.default;
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.length === 0 ? 'empty' : `\`${value.join(',')}\``;
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
