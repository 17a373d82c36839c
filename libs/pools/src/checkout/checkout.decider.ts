import { accept, unreachable, type AggregateDefinition, type Decision } from '#kernel';
import { checkoutCatalog, type CheckoutCompleted, type CheckoutEvent, type CheckoutFailed } from './checkout.events.js';

/** Success and failure of one attempt; whichever comes first is how it was decided (C1). */
export type CheckoutCommand =
  ({ readonly type: 'complete' } & CheckoutCompleted['data']) | ({ readonly type: 'fail' } & CheckoutFailed['data']);

/** How it was decided; undefined: not yet. */
export type CheckoutState = CheckoutEvent | undefined;

function decide(command: CheckoutCommand, state: Readonly<CheckoutState>): Decision<CheckoutEvent, never> {
  if (state !== undefined) return accept();
  switch (command.type) {
    case 'complete': {
      const { type: _type, ...data } = command;
      return accept<CheckoutEvent>({ type: 'CheckoutCompleted', data });
    }
    case 'fail': {
      const { type: _type, ...data } = command;
      return accept<CheckoutEvent>({ type: 'CheckoutFailed', data });
    }
    default:
      return unreachable(command);
  }
}

const prefix = 'checkout-';

export function checkoutStream(checkoutId: string): string {
  return `${prefix}${checkoutId}`;
}

/** Undefined: it is no checkout's. */
export function checkoutIdOf(stream: string): string | undefined {
  return stream.startsWith(prefix) ? stream.slice(prefix.length) : undefined;
}

/** An attempt to check out machines of several pools: its deciding stream. */
export const checkout: AggregateDefinition<CheckoutState, CheckoutCommand, CheckoutEvent, never> = {
  name: 'checkout',
  decider: { initialState: () => undefined, decide, evolve: (state, event) => state ?? event },
  catalog: checkoutCatalog,
};
