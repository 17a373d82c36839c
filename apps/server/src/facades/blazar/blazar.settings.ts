/** What the profile decides for this face. */
export interface BlazarFaceSettings {
  /** What answers to POST and PUT are numbered with (contracts/blazar §1): `seed` 202, `current` 201 and 200. */
  readonly codes: 'seed' | 'current';
}

/** Nest injection token: `BlazarFaceSettings`. */
export const BLAZAR_FACE_SETTINGS = Symbol('BlazarFaceSettings');
