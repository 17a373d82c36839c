import type { Json, Timeline } from '#kernel';
import type { ConfigurationEvent } from './configuration.events.js';

/** Kind `configuration`, its one resource `all`: what each start found changed in the settings. */
export const configurationTimeline: Timeline<ConfigurationEvent> = {
  ConfigurationLoaded: ({ settings }) => [
    {
      kind: 'configuration',
      id: 'all',
      what: 'loaded',
      sets: Object.fromEntries(
        Object.entries(settings).filter((entry): entry is [string, Json] => entry[1] !== undefined),
      ),
    },
  ],
};
