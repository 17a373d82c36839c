export interface KeystoneFaceSettings {
  /** Of every endpoint in the catalog. */
  readonly region: string;
}

/** Nest injection token: `KeystoneFaceSettings`. */
export const KEYSTONE_FACE_SETTINGS = Symbol('KeystoneFaceSettings');
