/** A state of any shape: the runtime hands it on without looking inside. */
export interface AnyState {
  readonly opaque?: never;
}
