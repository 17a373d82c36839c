import { fields, type Field } from '../json-text.js';
import type { RubyTimes } from '../ruby-time.js';

export interface ShownToken {
  readonly token: string;
  readonly createdAt: number;
  readonly lastAt: number | undefined;
}

/** `GET /token`. */
export function tokenListView(tokens: readonly ShownToken[], times: RubyTimes): readonly Field[] {
  return [
    ['ok', true],
    ...tokens.map(({ token, createdAt, lastAt }): Field => {
      const last = lastAt === undefined ? 'never' : times.local(lastAt);
      return [token, fields([['created', times.local(createdAt)], ['last', last]])]; // prettier-ignore
    }),
  ];
}

/** `GET /token/<t>`. `running`: short names. */
export function tokenView(
  { token, createdAt, lastAt }: ShownToken,
  user: string,
  running: readonly string[],
  times: RubyTimes,
): readonly Field[] {
  const facts: readonly Field[] = [
    ['user', user],
    ['created', times.local(createdAt)],
    ...(lastAt === undefined ? [] : [['last', times.local(lastAt)] as const]),
    ...(running.length === 0 ? [] : [['vms', fields([['running', running]])] as const]),
  ];
  return [
    ['ok', true],
    [token, fields(facts)],
  ];
}
