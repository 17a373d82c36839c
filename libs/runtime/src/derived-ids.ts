import { hash } from 'node:crypto';
import { parse } from 'uuid';

const namespaces = new Map<string, Buffer>();

/** The namespaces of the program are few. */
function bytesOf(namespace: string): Buffer {
  let bytes = namespaces.get(namespace);
  if (bytes === undefined) {
    bytes = Buffer.from(parse(namespace));
    if (namespaces.size < 100) namespaces.set(namespace, bytes);
  }
  return bytes;
}

/** Version and variant of RFC 9562 in place of six bits. */
const variants = '89ab89ab89ab89ab';

/**
 * UUIDv5 of a name in a namespace: the same wherever and whenever it is derived (C2, C16). Worked out here because every
 * command and event has some, and a library takes five times as long.
 */
export function deriveUuid(namespace: string, name: string): string {
  if (!name.isWellFormed()) throw new URIError('a name holds half a surrogate pair');
  const input = Buffer.allocUnsafe(16 + 3 * name.length);
  bytesOf(namespace).copy(input);
  const length = input.write(name, 16);
  const hex = hash('sha1', input.subarray(0, 16 + length));
  const variant = variants[parseInt(hex.charAt(16), 16)] ?? '';
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Everything that Leasebook derives itself lives in this namespace. */
export const leasebookNamespace = '6f2b1c1e-8a53-5f1e-9d0b-3c7f5a1d2e40';

/** An event's id: command id, event type and index in the decision (C2). */
export function eventId(commandId: string, type: string, index: number): string {
  return deriveUuid(leasebookNamespace, `event\n${commandId}\n${type}\n${String(index)}`);
}
