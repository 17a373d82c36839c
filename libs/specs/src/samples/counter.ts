import {
  accept,
  refuse,
  type AggregateDefinition,
  type CommandContext,
  type Decision,
  type EventCatalog,
} from '#kernel';

/** The smallest aggregate that has a rule worth guarding: a total that must not pass 100. For the runtime's own specs. */
export type CounterEvent =
  | { readonly type: 'Added'; readonly data: { readonly amount: number; readonly labels: readonly string[] } }
  | { readonly type: 'Emptied'; readonly data: { readonly total: number } };

export interface CounterState {
  total: number;
  additions: number;
  labels: string[];
}

export type CounterCommand =
  | { readonly kind: 'add'; readonly amount: number; readonly labels?: string[] }
  | { readonly kind: 'addMany'; readonly amounts: readonly number[] }
  | { readonly kind: 'empty' }
  /** Broken on purpose. */
  | { readonly kind: 'explode'; readonly where: 'decide' | 'evolve' | 'encode' };

export const counterLimit = 100;

export const counterCatalog: EventCatalog<CounterEvent> = { context: 'specs', versions: { Added: 1, Emptied: 1 } };

function decide(command: CounterCommand, state: Readonly<CounterState>): Decision<CounterEvent, 'too-much'> {
  switch (command.kind) {
    case 'add':
      if (state.total + command.amount > counterLimit) return refuse('too-much', { total: state.total });
      return accept({ type: 'Added', data: { amount: command.amount, labels: command.labels ?? [] } });
    case 'addMany': {
      const sum = command.amounts.reduce((all, amount) => all + amount, state.total);
      if (sum > counterLimit) return refuse('too-much', { total: state.total });
      return accept(...command.amounts.map((amount) => ({ type: 'Added' as const, data: { amount, labels: [] } })));
    }
    case 'empty':
      return state.total === 0 ? accept() : accept({ type: 'Emptied', data: { total: state.total } });
    case 'explode':
      if (command.where === 'decide') throw new Error('decide exploded');
      if (command.where === 'encode') return accept({ type: 'Emptied', data: { total: 1n as unknown as number } });
      return accept({ type: 'Added', data: { amount: -1_000_000, labels: [] } });
  }
}

function evolve(state: CounterState, event: CounterEvent): CounterState {
  if (event.type === 'Emptied') {
    state.total = 0;
    return state;
  }
  state.additions += 1;
  state.total += event.data.amount;
  if (state.total < 0) throw new Error('evolve exploded');
  // Keeps a part of the event, and changes it later, on purpose: nobody else may notice.
  if (event.data.labels.length > 0) state.labels = event.data.labels as string[];
  else state.labels.push(String(event.data.amount));
  return state;
}

export const counter: AggregateDefinition<CounterState, CounterCommand, CounterEvent, 'too-much'> = {
  name: 'counter',
  decider: { initialState: () => ({ total: 0, additions: 0, labels: [] }), decide, evolve },
  catalog: counterCatalog,
};

/** With a snapshot every ten events. */
export const longCounter: typeof counter = {
  ...counter,
  name: 'longCounter',
  snapshot: {
    version: 1,
    everyEvents: 10,
    write: (state) => ({ ...state, labels: [...state.labels] }),
    read: (stored: CounterState) => stored,
  },
};

let commands = 0;

/** A context as a facade would make it; the command id is different each time unless given. */
export function sampleContext(given: Partial<CommandContext> = {}): CommandContext {
  commands += 1;
  const commandId = given.commandId ?? `00000000-0000-4000-8000-${String(commands).padStart(12, '0')}`;
  return {
    commandId,
    repeatable: false,
    time: Date.UTC(2026, 10, 21, 12),
    actor: { userId: 'ada', projectId: 'engines', method: 'password', name: 'Ada Lovelace' },
    facade: 'specs',
    requestId: `req-${commandId}`,
    correlationId: commandId,
    causationId: null,
    clientAddress: '192.0.2.7',
    ...given,
  };
}
