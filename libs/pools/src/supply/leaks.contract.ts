interface Seen {
  readonly type: string;
  readonly data: unknown;
}

/** Parts of the events that are looked at here: each has those that its type has. */
interface Told {
  readonly name: string;
  readonly vmId: string;
  readonly vm: { readonly vmId: string; readonly name: string };
  readonly record: { readonly vmId: string };
  readonly guest: { readonly uuid: string };
  readonly guestUuid: string;
  readonly forgetAt: number;
}

/** What the log says that there is, by machine. */
export interface RecordedMachines {
  /** By vmId, its name: wished for and not destroyed. */
  readonly vms: ReadonlyMap<string, string>;
  /** By vmId: guests that a pool put on a hypervisor. */
  readonly guests: ReadonlySet<string>;
  /** By name. */
  readonly claims: ReadonlyMap<string, { readonly vmId: string; readonly forgetAt: number | null }>;
}

/** Read from the events alone, not through the code under test. */
export function recordedMachines(events: readonly Seen[]): RecordedMachines {
  const vms = new Map<string, string>();
  const guests = new Set<string>();
  const claims = new Map<string, { readonly vmId: string; readonly forgetAt: number | null }>();
  for (const { type, data } of events) {
    const { name, vmId, vm, record, guest, guestUuid, forgetAt } = data as Told;
    if (type === 'VmRequested') vms.set(vm.vmId, vm.name);
    else if (type === 'VmDiscovered') vms.set(vmId, name);
    else if (type === 'VmDestroyed') vms.delete(record.vmId);
    else if (type === 'GuestPlaced') guests.add(guest.uuid);
    else if (type === 'GuestRemoved') guests.delete(guestUuid);
    else if (type === 'VmNameClaimed') claims.set(name, { vmId, forgetAt: null });
    else if (type === 'VmNameRetired') claims.set(name, { vmId, forgetAt });
    else if (type === 'VmNameReleased') claims.delete(name);
  }
  return { vms, guests, claims };
}

/** What the log, the hypervisors, the names and the provider do not agree upon. */
export function leaksIn(
  { vms, guests, claims }: RecordedMachines,
  machines: readonly string[],
  now: number,
): readonly string[] {
  const there = new Set(machines);
  const claimedBy = new Map(Array.from(claims, ([name, { vmId }]) => [vmId, name] as const));
  return [
    ...[...vms].filter(([vmId]) => !there.has(vmId)).map(([vmId, name]) => `${name} ${vmId} is not at the provider`),
    ...machines.filter((vmId) => !vms.has(vmId)).map((vmId) => `${vmId} at the provider is in no pool`),
    ...[...vms].filter(([vmId]) => !guests.has(vmId)).map(([, name]) => `${name} is on no hypervisor`),
    ...[...guests].filter((vmId) => !vms.has(vmId)).map((vmId) => `guest ${vmId} is in no pool`),
    ...[...vms]
      .filter(([vmId, name]) => claimedBy.get(vmId) !== name || claims.get(name)?.forgetAt !== null)
      .map(([, name]) => `${name} has no claim on its name`),
    ...[...claims]
      .filter(([, { vmId, forgetAt }]) => forgetAt === null && !vms.has(vmId))
      .map(([name]) => `${name} is claimed for nobody`),
    ...[...claims]
      .filter(([, { forgetAt }]) => forgetAt !== null && forgetAt <= now)
      .map(([name]) => `${name} was to be forgotten`),
  ];
}
