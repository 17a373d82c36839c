/** What the profile decides for this face. */
export interface NovaSettings {
  /** Most rows of one page of hypervisors. */
  readonly pageLimit: number;
}

/** Nest injection token: `NovaSettings`. */
export const NOVA_SETTINGS = Symbol('NovaSettings');
