import { accept, type Decider } from '#kernel';
import type { LoginRefused } from './login-refusals.events.js';

/** Nothing is decided on it: the stream is for people who look back. */
export interface LoginRefusalsState {
  readonly refusals: number;
}

export const loginRefusalsDecider: Decider<LoginRefusalsState, LoginRefused['data'], LoginRefused, never> = {
  initialState: () => ({ refusals: 0 }),
  decide: (command) => accept({ type: 'LoginRefused', data: command }),
  evolve: (state, event) => ({ refusals: state.refusals + event.data.count }),
};
