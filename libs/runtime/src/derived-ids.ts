import { v5 as uuidV5 } from 'uuid';

/** UUIDv5 of a name in a namespace: the same wherever and whenever it is derived (C2, C16). */
export function deriveUuid(namespace: string, name: string): string {
  return uuidV5(name, namespace);
}

/** Everything that Leasebook derives itself lives in this namespace. */
export const leasebookNamespace = '6f2b1c1e-8a53-5f1e-9d0b-3c7f5a1d2e40';

/** An event's id: command id, event type and index in the decision (C2). */
export function eventId(commandId: string, type: string, index: number): string {
  return deriveUuid(leasebookNamespace, `event\n${commandId}\n${type}\n${String(index)}`);
}
