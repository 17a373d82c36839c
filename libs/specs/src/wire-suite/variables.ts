import { Matcher } from './matchers.js';

export type Variables = Readonly<Record<string, unknown>>;

const whole = /^\$(?:([A-Za-z]\w*)|\{([A-Za-z]\w*)\})$/;
const inside = /\$(\$|([A-Za-z]\w*)|\{([A-Za-z]\w*)\})/g;

function look(name: string, variables: Variables): unknown {
  if (!Object.hasOwn(variables, name)) throw new Error(`$${name} is not known here`);
  return variables[name];
}

/** `$name` and `${name}` in texts, at any depth; a text that is nothing else becomes the value itself. `$$` is a dollar sign. */
export function fillIn<T>(template: T, variables: Variables): T {
  return fill(template, variables) as T;
}

function fill(template: unknown, variables: Variables): unknown {
  if (typeof template === 'string') return fillText(template, variables);
  if (template instanceof Matcher) return new Matcher(template.kind, fillPattern(template.pattern, variables));
  if (Array.isArray(template)) return template.map((item) => fill(item, variables));
  if (template !== null && typeof template === 'object')
    return Object.fromEntries(
      Object.entries(template).map(([name, value]) => [fillText(name, variables), fill(value, variables)]),
    );
  return template;
}

function fillText(text: string, variables: Variables): unknown {
  const only = whole.exec(text);
  const name = only?.[1] ?? only?.[2];
  if (name !== undefined) return look(name, variables);
  return text.replace(inside, (_match, after: string, bare?: string, braced?: string) =>
    after === '$' ? '$' : String(look(bare ?? braced ?? '', variables)),
  );
}

/** In a regular expression only `${name}` is a variable, and its value is meant literally. */
function fillPattern(pattern: string, variables: Variables): string {
  return pattern.replace(/\$\{([A-Za-z]\w*)\}/g, (_match, name: string) =>
    String(look(name, variables)).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'),
  );
}
