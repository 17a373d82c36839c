import type { AggregateDefinition } from '#kernel';
import { loginRefusalsDecider, type LoginRefusalsState } from './login-refusals.decider.js';
import { loginRefusalsCatalog, type LoginRefused } from './login-refusals.events.js';

/** Not in the identity stream: logins that fail must not slow down what every request looks at. */
export const loginRefusalsStream = 'loginRefusals';

export const loginRefusalsAggregate: AggregateDefinition<
  LoginRefusalsState,
  LoginRefused['data'],
  LoginRefused,
  never
> = {
  name: 'loginRefusals',
  decider: loginRefusalsDecider,
  catalog: loginRefusalsCatalog,
  snapshot: { version: 1, everyEvents: 500, write: (state) => state, read: (stored: LoginRefusalsState) => stored },
};
