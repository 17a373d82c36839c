import { deriveUuid, leasebookNamespace } from '#runtime';

/** Derived, so that the same command makes the same things again; in the form of version 4, which clients of this API expect. */
export function derivedId(of: string, key: string): string {
  const uuid = deriveUuid(leasebookNamespace, `${of}\n${key}`);
  return `${uuid.slice(0, 14)}4${uuid.slice(15)}`;
}

/** 32 hexadecimal digits. */
export function derivedTrustId(of: string): string {
  return derivedId(of, 'trust').replaceAll('-', '');
}
