import type { EventEnvelope } from '#kernel';
import type { Blobs, Change, Document, DocumentRef, Projection } from '#read-store';
import type { AnyState } from '../any-state.js';
import type { Correlation, Process } from '../process.port.js';
import { correlationsOf } from './correlations.js';

/** An instance as kept in the read store. The state is text: its keys are its own affair, and each reader gets a copy. */
export interface InstanceDocument extends Document {
  readonly _id: string;
  readonly state: string;
}

/** Name of the collection that holds the instances of a process; also of the shape that holds it. */
export function instancesName(process: Process): string {
  return `process-${process.name}`;
}

export function instanceRef(process: Process, key: string): DocumentRef {
  return { collection: instancesName(process), id: key };
}

export function readState(text: string): AnyState {
  return JSON.parse(text) as AnyState;
}

export type Step =
  /** Unknown instance, or the event does not concern the process. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'started-twice' }
  | { readonly kind: 'moved'; readonly state: AnyState; readonly ends: boolean };

/** How an event concerns an instance that is kept. */
interface Kept extends Correlation {
  readonly as: Exclude<Correlation['as'], 'alone'>;
}

/** What an event does to an instance. `text`: its state so far, undefined when there is none. */
export function step(process: Process, { key, as }: Kept, text: string | undefined, envelope: EventEnvelope): Step {
  if (as === 'start' && text !== undefined) return { kind: 'started-twice' };
  if (as !== 'start' && text === undefined) return { kind: 'nothing' };
  const before = text === undefined ? process.initialState() : readState(text);
  return { kind: 'moved', state: process.evolve(before, envelope, key) as AnyState, ends: as === 'stop' };
}

/** Version of the shape, not of the process: it never changes, so that the checkpoint of an older process can still be read. */
export const instancesVersion = 1;

/**
 * The instances as a read model: how they are built anew without reacting. The old checkpoint tells how far the process
 * has reacted; the process's own version, which decides about a rebuild, is kept beside.
 */
export function instancesProjection(process: Process): Projection {
  const collection = instancesName(process);
  return {
    name: collection,
    version: instancesVersion,
    keeps: 'state',
    collections: [{ name: collection, indexes: [] }],
    catalogs: process.catalogs,
    events: process.events,
    wants: (envelope) =>
      correlationsOf(process, envelope)
        .filter(({ as }) => as !== 'alone')
        .map(({ key }) => instanceRef(process, key)),
    fold: (envelope, documents): readonly Change[] =>
      correlationsOf(process, envelope).flatMap(({ key, as }): readonly Change[] => {
        if (as === 'alone') return [];
        const text = documents.get<InstanceDocument>(collection, key)?.state;
        const moved = step(process, { key, as }, text, envelope);
        if (moved.kind !== 'moved') return [];
        if (moved.ends) return [{ delete: instanceRef(process, key) }];
        const document: InstanceDocument = { _id: key, state: JSON.stringify(moved.state) };
        return [{ put: { collection, document } }];
      }),
  };
}

/** The version of the process by whose fold the stored instances were made; undefined: nobody knows. */
export async function foldedVersion(process: Process, blobs: Blobs): Promise<number | undefined> {
  const text = await blobs.get(versionKey(process));
  return text === undefined ? undefined : Number(text);
}

export async function noteFoldedVersion(process: Process, blobs: Blobs): Promise<void> {
  await blobs.put(versionKey(process), String(process.version));
}

function versionKey(process: Process): string {
  return `process-version/${process.name}`;
}
