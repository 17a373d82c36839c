export type Schema = Readonly<Record<string, unknown>>;

/** One setting: its key in the YAML file, its name in the environment, its bounds, its default and what it is for. */
export interface SettingRow {
  readonly key: string;
  readonly env?: string;
  readonly schema: Schema;
  readonly about: string;
}

export const text = (more: Schema = {}): Schema => ({ type: 'string', minLength: 1, maxLength: 1024, ...more });
export const integer = (minimum: number, maximum: number, fallback: number): Schema => ({
  type: 'integer',
  minimum,
  maximum,
  default: fallback,
});
export const optionalInteger = (minimum: number, maximum: number): Schema => ({ type: 'integer', minimum, maximum });
export const flag = (fallback: boolean): Schema => ({ type: 'boolean', default: fallback });
export const url = (protocols: string): Schema => text({ pattern: `^(${protocols})://` });
export const object = (properties: Schema, required: readonly string[] = []): Schema => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});
export const list = (items: Schema, fallback: readonly unknown[], maxItems: number): Schema => ({
  type: 'array',
  items,
  maxItems,
  default: fallback,
});
export const map = (values: Schema, fallback?: Schema): Schema => ({
  type: 'object',
  additionalProperties: values,
  ...(fallback === undefined ? {} : { default: fallback }),
});
export const oneOf = (values: readonly string[], fallback: string): Schema => ({
  type: 'string',
  enum: values,
  default: fallback,
});
