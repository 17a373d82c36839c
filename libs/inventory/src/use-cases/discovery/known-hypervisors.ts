/** What this process knows of one hypervisor; the truth stands in its stream. */
export interface KnownHypervisor {
  readonly uuid: string;
  readonly provider: string;
  readonly nativeId: string;
  number: number;
  hypervisorHostname: string;
  serviceHost: string;
  /** In the registry: has its names. */
  listed: boolean;
  /** In its own stream. */
  registered: boolean;
  alive: boolean;
  vanished: boolean;
  /** Uuids of the guests that its stream knows and nobody owns. */
  guests: ReadonlySet<string>;
  /** Complete listings in a row without it. */
  missed: number;
  /** By guest: complete listings in a row without it. */
  readonly guestsMissed: Map<string, number>;
  /** Of what was listed last and is all in the stream; undefined: compare anew. */
  fingerprint: string | undefined;
}

/** Missing from so many complete listings in a row: gone (C6). */
export const missesUntilGone = 2;

/** Discovery's memory, so that a listing without news costs no commands. May be lost at any time. */
export class KnownHypervisors {
  readonly byUuid = new Map<string, KnownHypervisor>();

  of(provider: string): readonly KnownHypervisor[] {
    return [...this.byUuid.values()].filter((known) => known.provider === provider);
  }

  /** Takes over what a stream said, keeping what was counted. */
  set(fresh: Omit<KnownHypervisor, 'missed' | 'guestsMissed' | 'fingerprint'>): KnownHypervisor {
    const former = this.byUuid.get(fresh.uuid);
    const known: KnownHypervisor = {
      ...fresh,
      missed: former?.missed ?? 0,
      guestsMissed: former?.guestsMissed ?? new Map<string, number>(),
      fingerprint: undefined,
    };
    this.byUuid.set(fresh.uuid, known);
    return known;
  }
}

/**
 * The guests that a complete listing lacked for the second time in a row. Only those known before the listing was asked
 * for are counted: one made meanwhile may well be missing from it.
 */
export function countMissingGuests(
  known: KnownHypervisor,
  knownBefore: ReadonlySet<string>,
  listed: ReadonlySet<string>,
): readonly string[] {
  const gone: string[] = [];
  for (const guest of known.guestsMissed.keys()) if (!knownBefore.has(guest)) known.guestsMissed.delete(guest);
  for (const guest of knownBefore) {
    if (listed.has(guest)) {
      known.guestsMissed.delete(guest);
      continue;
    }
    const missed = (known.guestsMissed.get(guest) ?? 0) + 1;
    known.guestsMissed.set(guest, missed);
    if (missed >= missesUntilGone) gone.push(guest);
  }
  return gone;
}
