import { StoreUnavailable } from '#kernel';

/** Where the log is damaged: as much of it as is known. */
export interface DamagedPlace {
  readonly file: string;
  readonly position?: number;
  readonly stream?: string;
  readonly revision?: number;
}

/** The log holds something that was not written so. Never repaired silently: a backup or a person decides. */
export class CorruptEvent extends StoreUnavailable {
  override readonly name: string = 'CorruptEvent';

  constructor(
    readonly place: DamagedPlace,
    what: string,
  ) {
    super(`${where(place)}: ${what}`);
  }
}

function where({ file, position, stream, revision }: DamagedPlace): string {
  const parts = [`the log ${file} is damaged`];
  if (position !== undefined) parts.push(`at position ${String(position)}`);
  if (stream !== undefined) parts.push(`in stream ${stream}`);
  if (revision !== undefined) parts.push(`at revision ${String(revision)}`);
  return parts.join(' ');
}
