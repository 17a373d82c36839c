import type { ProviderGuest } from '../../port.js';
import type { RunningHost } from './simulated-host.js';
import type { KeptGuest, SimulatedJournal } from './simulated-journal.js';

/** The machines that others made, as the configuration and the control have them; what became of them is kept. */
export class SimulatedGuests {
  private readonly byHost = new Map<string, Map<string, KeptGuest>>();

  constructor(
    private readonly journal: SimulatedJournal,
    known: Iterable<KeptGuest>,
  ) {
    for (const one of known) this.keep(one);
  }

  /** What happened before this host was there again: guests that came, and configured ones that are gone. */
  bringUpToDate(host: RunningHost): void {
    for (const { uuid, guest } of this.byHost.get(host.nativeId)?.values() ?? []) {
      if (guest === null) host.guests.delete(uuid);
      else host.guests.set(uuid, guest);
    }
  }

  put(host: RunningHost, guest: ProviderGuest): void {
    host.guests.set(guest.uuid, guest);
    this.note({ nativeId: host.nativeId, uuid: guest.uuid, guest });
  }

  /** Was it there? */
  remove(host: RunningHost, uuid: string): boolean {
    if (!host.guests.delete(uuid)) return false;
    this.note({ nativeId: host.nativeId, uuid, guest: null });
    return true;
  }

  private note(one: KeptGuest): void {
    this.keep(one);
    this.journal.note('guests', `${one.nativeId}\n${one.uuid}`, one);
  }

  private keep(one: KeptGuest): void {
    const there = this.byHost.get(one.nativeId);
    if (there === undefined) this.byHost.set(one.nativeId, new Map([[one.uuid, one]]));
    else there.set(one.uuid, one);
  }
}
