import { accept, refuse, unreachable, type AggregateDefinition, type Decision } from '#kernel';
import { poolTokenCatalog, type PoolTokenEvent, type PoolTokenIssued } from './pool-token.events.js';

export type PoolTokenCommand =
  /** Refused as `token-taken` where that token was issued before. */
  | ({ readonly type: 'issue' } & PoolTokenIssued['data'])
  /** Refused as `token-unknown`. */
  | { readonly type: 'delete'; readonly at: number };

export type PoolTokenRefusal = 'token-taken' | 'token-unknown';

/** Undefined: never issued. */
export type PoolTokenState =
  | {
      readonly tokenHash: string;
      readonly userId: string;
      readonly projectId: string | null;
      readonly sealed: string;
      readonly deleted: boolean;
    }
  | undefined;

function decide(
  command: PoolTokenCommand,
  state: Readonly<PoolTokenState>,
): Decision<PoolTokenEvent, PoolTokenRefusal> {
  switch (command.type) {
    case 'issue': {
      const { type: _type, ...data } = command;
      return state === undefined ? accept<PoolTokenEvent>({ type: 'PoolTokenIssued', data }) : refuse('token-taken');
    }
    case 'delete': {
      if (state === undefined || state.deleted) return refuse('token-unknown');
      return accept({ type: 'PoolTokenDeleted', data: { tokenHash: state.tokenHash, at: command.at } });
    }
    default:
      return unreachable(command);
  }
}

function evolve(state: PoolTokenState, event: PoolTokenEvent): PoolTokenState {
  if (event.type === 'PoolTokenDeleted') return state && { ...state, deleted: true };
  const { tokenHash, userId, projectId, sealed } = event.data;
  return { tokenHash, userId, projectId, sealed, deleted: false };
}

/** Whose token it is; undefined: nobody's (any more). */
export function holderOf(
  state: Readonly<PoolTokenState>,
): { readonly userId: string; readonly projectId: string | null; readonly sealed: string } | undefined {
  if (state === undefined || state.deleted) return undefined;
  const { userId, projectId, sealed } = state;
  return { userId, projectId, sealed };
}

export function poolTokenStream(tokenHash: string): string {
  return `poolToken-${tokenHash}`;
}

export const poolToken: AggregateDefinition<PoolTokenState, PoolTokenCommand, PoolTokenEvent, PoolTokenRefusal> = {
  name: 'poolToken',
  decider: { initialState: () => undefined, decide, evolve },
  catalog: poolTokenCatalog,
};
