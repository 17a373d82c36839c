import { accept, type AggregateDefinition, type Decider } from '#kernel';
import { configurationCatalog, type ConfigurationEvent, type ConfigurationLoaded } from './configuration.events.js';

export type Loaded = ConfigurationLoaded['data'];

/** Canonical text of what was loaded last; empty before the first start. */
export interface ConfigurationState {
  readonly last: string;
}

/** Keys in order, so that the same configuration is the same text. */
function canonical(settings: Loaded['settings']): string {
  return JSON.stringify(settings, (_key, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

/** Only a difference is an event: a restart with the same configuration adds nothing. */
export const configurationDecider: Decider<ConfigurationState, Loaded, ConfigurationEvent, never> = {
  initialState: () => ({ last: '' }),
  decide: (command, state) =>
    canonical(command.settings) === state.last ? accept() : accept({ type: 'ConfigurationLoaded', data: command }),
  evolve: (_state, event) => ({ last: canonical(event.data.settings) }),
};

export const configurationStream = 'configuration';

export const configurationAggregate: AggregateDefinition<ConfigurationState, Loaded, ConfigurationEvent, never> = {
  name: 'configuration',
  decider: configurationDecider,
  catalog: configurationCatalog,
};
