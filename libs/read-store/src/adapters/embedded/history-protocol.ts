import { type Checkpoint, CheckpointConflict, NotUnique, type ProjectionShape, type Scalar } from '../../port.js';

/** What the process asks the worker that writes `read-models.db`. Answered in order. */
export type HistoryRequest =
  | { readonly kind: 'live' | 'beside'; readonly shape: ProjectionShape }
  | { readonly kind: 'replace'; readonly shape: ProjectionShape; readonly generation: number }
  | { readonly kind: 'remove'; readonly generation: number }
  /** One more of the indexes that only finds need. */
  | { readonly kind: 'addIndex'; readonly generation: number }
  | {
      readonly kind: 'apply';
      readonly generation: number;
      readonly rows: readonly Cell[];
      readonly checkpoint: Checkpoint;
    }
  | { readonly kind: 'forget'; readonly name: string }
  | { readonly kind: 'putBlob'; readonly key: string; readonly text: string }
  | { readonly kind: 'deleteBlob'; readonly key: string }
  | { readonly kind: 'close' };

/**
 * The writes of a batch one behind the other, as one flat list (a third of the cost of nested ones to hand over):
 * number of the collection, position, id, JSON text (null: delete), then a put's indexed values.
 */
export type Cell = Scalar;

export interface NumberedRequest {
  readonly number: number;
  readonly request: HistoryRequest;
}

export interface HistoryAnswer {
  readonly number: number;
  /** For `live` and `beside`: the generation. For `addIndex`: 1, or 0 when none was missing. */
  readonly value?: number | undefined;
  readonly error?: { readonly name: string; readonly message: string; readonly code?: string | undefined };
}

export interface HistoryWorkerData {
  readonly path: string;
}

/** The first message: the file is open. */
export interface HistoryReady {
  readonly ready: true;
  /** Why the former file was thrown away. */
  readonly discarded?: string | undefined;
}

export function toError({ name, message, code }: NonNullable<HistoryAnswer['error']>): Error {
  if (name === 'CheckpointConflict') return new CheckpointConflict(message);
  if (name === 'NotUnique') return new NotUnique(message);
  return Object.assign(new Error(message), { name, code });
}
