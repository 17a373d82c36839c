import { createHash } from 'node:crypto';
import type { ProviderHypervisor } from '#providers';
import { deriveUuid, leasebookNamespace } from '#runtime';
import type { Sighting } from '../../hypervisor-registry/hypervisor-registry.decider.js';

/** A listed hypervisor with the ids that derive from what its provider calls it (C16). */
export interface Sighted {
  readonly sighting: Sighting;
  readonly listed: ProviderHypervisor;
  /** Of all that a listing says and an event would hold. */
  readonly fingerprint: string;
}

export function hypervisorUuid(provider: string, nativeId: string): string {
  return deriveUuid(leasebookNamespace, `hypervisor\n${provider}\n${nativeId}`);
}

export function serviceUuid(provider: string, host: string): string {
  return deriveUuid(leasebookNamespace, `service\n${provider}\n${host}`);
}

/** In the order of the listing; a native id listed twice counts once. */
export function sightingsOf(provider: string, hypervisors: readonly ProviderHypervisor[]): readonly Sighted[] {
  const byNativeId = new Map<string, Sighted>();
  for (const listed of hypervisors) {
    if (byNativeId.has(listed.nativeId)) continue;
    const { nativeId, hypervisorHostname, serviceHost } = listed;
    const { initiallyDisabled: _, ...lasting } = listed;
    byNativeId.set(nativeId, {
      sighting: {
        uuid: hypervisorUuid(provider, nativeId),
        provider,
        nativeId,
        hypervisorHostname,
        serviceHost,
        serviceUuid: serviceUuid(provider, serviceHost),
      },
      listed,
      fingerprint: createHash('sha256').update(JSON.stringify(lasting)).digest('base64'),
    });
  }
  return [...byNativeId.values()];
}
