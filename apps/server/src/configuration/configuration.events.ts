import type { EventCatalog, Json } from '#kernel';

/** The effective configuration as loaded at a start, secrets left out: what answered then answers again as of then (C13). */
export interface ConfigurationLoaded {
  readonly type: 'ConfigurationLoaded';
  readonly data: { readonly settings: { readonly [key: string]: Json | undefined }; readonly loadedAt: number };
}

export type ConfigurationEvent = ConfigurationLoaded;

export const configurationCatalog: EventCatalog<ConfigurationEvent> = {
  context: 'configuration',
  versions: { ConfigurationLoaded: 1 },
};
