import type { ProviderGuest } from '../../port.js';
import type { SimulatedVm } from './simulated-vm.js';

/** A machine that nobody made through the provider. `guest` null: it was there and is gone. */
export interface KeptGuest {
  readonly nativeId: string;
  readonly uuid: string;
  readonly guest: ProviderGuest | null;
}

/** An image, by the request that made it. */
export interface KeptImage {
  readonly requestId: string;
  readonly imageId: string;
  readonly nativeId: string;
  readonly guestUuid: string;
  readonly name: string;
}

/** What is kept beyond the process, by kind and id. */
export interface Kept {
  readonly vms: SimulatedVm;
  readonly guests: KeptGuest;
  readonly images: KeptImage;
}

export type KeptKind = keyof Kept;

/** Everything that was kept, by kind. */
export type KeptRows = { readonly [Kind in KeptKind]: readonly Kept[Kind][] };

/** Where the simulated machines are kept beyond the process. Nothing: in memory only. */
export interface SimulatedJournal {
  /** Written soon, together with what else changes meanwhile; undefined: gone. */
  note<Kind extends KeptKind>(kind: Kind, id: string, value: Kept[Kind] | undefined): void;
  /** Fulfilled when all that was noted is written: it survives the end of the process. */
  written(): Promise<void>;
  close(): Promise<void>;
}

export const noJournal: SimulatedJournal = {
  note: () => undefined,
  written: async () => undefined,
  close: async () => undefined,
};

export const nothingKept: KeptRows = { vms: [], guests: [], images: [] };
