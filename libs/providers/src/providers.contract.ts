import { afterEach, describe, expect, it } from '@jest/globals';
import type { ProviderUnderContract } from './contract-subject.js';
import { ProviderError, type Provider, type ProviderCall, type ProviderGuest } from './port.js';
import { guestContract } from './provider-guests.contract.js';
import { vmContract } from './provider-vms.contract.js';

export type { ProviderUnderContract } from './contract-subject.js';

const imageId = '7d3f8f3a-0c0e-4d6a-9d4d-3a4a0c5f2b11';
const guest: ProviderGuest = {
  uuid: 'c0ffee00-1111-4222-8333-444455556666',
  name: 'instance-0000001f',
  vcpus: 2,
  memoryMb: 4096,
  diskGb: 20,
};

/** The suite that every provider passes (design §10). */
export function providerContract(adapter: string, make: () => Promise<ProviderUnderContract>): void {
  describe(`provider ${adapter}`, () => {
    const opened: Provider[] = [];
    let calls = 0;
    const call = (more: Partial<ProviderCall> = {}): ProviderCall => {
      calls += 1;
      return { requestId: `request-${calls}`, timeoutMs: 10_000, ...more };
    };
    const open = async (): Promise<ProviderUnderContract> => {
      const subject = await make();
      opened.push(subject.provider);
      return subject;
    };
    afterEach(async () => {
      for (const provider of opened.splice(0)) await provider.close();
    });

    it('lists each hypervisor once, with facts that fit the port', async () => {
      const { provider, nativeIds } = await open();
      const listing = await provider.listHypervisors(call());
      expect(listing.complete).toBe(true);
      const ids = listing.hypervisors.map((hypervisor) => hypervisor.nativeId);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toEqual(expect.arrayContaining([...nativeIds]));
      for (const hypervisor of listing.hypervisors) {
        expect(hypervisor.hypervisorHostname).not.toBe('');
        expect(hypervisor.serviceHost).toMatch(/^[a-zA-Z0-9-._]{1,255}$/);
        for (const amount of [hypervisor.version, hypervisor.vcpus, hypervisor.memoryMb, hypervisor.localGb]) {
          expect(Number.isInteger(amount) && amount >= 0).toBe(true);
        }
        expect(JSON.parse(JSON.stringify(hypervisor))).toEqual(hypervisor);
        expect(JSON.stringify(hypervisor.cpuInfo)).not.toMatch(/"[^"]*\.[^"]*":/);
      }
    });

    it('names a hypervisor the same in every listing, in the same order', async () => {
      const { provider } = await open();
      const ids = async () => (await provider.listHypervisors(call())).hypervisors.map(({ nativeId }) => nativeId);
      expect(await ids()).toEqual(await ids());
    });

    it('lists a guest while it is there, on its host only', async () => {
      const subject = await open();
      const [on, other] = subject.nativeIds;
      const guestsOf = async (nativeId: string) => {
        const { hypervisors } = await subject.provider.listHypervisors(call());
        return hypervisors.find((hypervisor) => hypervisor.nativeId === nativeId)?.guests.map(({ uuid }) => uuid);
      };
      await subject.putGuest(on, guest);
      expect(await guestsOf(on)).toContain(guest.uuid);
      expect(await guestsOf(other)).not.toContain(guest.uuid);
      await subject.removeGuest(on, guest.uuid);
      expect(await guestsOf(on)).not.toContain(guest.uuid);
    });

    it('tells the latest heartbeat of each service once, none of them in the future', async () => {
      const { provider, now } = await open();
      const heartbeats = await provider.heartbeats(call());
      const hosts = heartbeats.map(({ serviceHost }) => serviceHost);
      expect(hosts.length).toBeGreaterThan(0);
      expect(new Set(hosts).size).toBe(hosts.length);
      for (const { at } of heartbeats) expect(at).toBeLessThanOrEqual(now());
    });

    it('forgets neither a silent host nor its last heartbeat', async () => {
      const subject = await open();
      const [silent] = subject.nativeIds;
      const { hypervisors } = await subject.provider.listHypervisors(call());
      const service = hypervisors.find(({ nativeId }) => nativeId === silent)?.serviceHost;
      const heartbeat = async () =>
        (await subject.provider.heartbeats(call())).find(({ serviceHost }) => serviceHost === service)?.at;
      await subject.silence(silent);
      const last = await heartbeat();
      expect(last).toBeDefined();
      expect(await heartbeat()).toBe(last);
      expect((await subject.provider.listHypervisors(call())).hypervisors).toHaveLength(hypervisors.length);
    });

    it('prints an uptime or says that it cannot', async () => {
      const { provider, nativeIds } = await open();
      const text = await provider.uptime(nativeIds[0], call());
      if (text !== null) expect(text).toMatch(/ up .*load average: /);
    });

    it('caches an image once for one request id, however often it is asked', async () => {
      const subject = await open();
      const [on] = subject.nativeIds;
      const again = call();
      await subject.provider.cacheImage(on, imageId, again);
      await Promise.all([1, 2, 3].map(() => subject.provider.cacheImage(on, imageId, again)));
      expect(await subject.fetches(on, imageId)).toBe(1);
    });

    it('has no effect when it fails, so the same request id works afterwards', async () => {
      const subject = await open();
      const [on] = subject.nativeIds;
      const again = call();
      await subject.failNext('cacheImage');
      await expect(subject.provider.cacheImage(on, imageId, again)).rejects.toBeInstanceOf(ProviderError);
      expect(await subject.fetches(on, imageId)).toBe(0);
      await subject.provider.cacheImage(on, imageId, again);
      expect(await subject.fetches(on, imageId)).toBe(1);
    });

    it.each(['uptime', 'cacheImage'] as const)('%s of a host that is not there fails for good', async (operation) => {
      const { provider } = await open();
      const answer =
        operation === 'uptime' ? provider.uptime('nowhere', call()) : provider.cacheImage('nowhere', imageId, call());
      await expect(answer).rejects.toMatchObject({ name: 'ProviderError', kind: 'permanent' });
    });

    guestContract(open, call);
    vmContract(open, call);

    it('takes no calls once closed, and may be closed twice', async () => {
      const { provider } = await open();
      await provider.close();
      await expect(provider.listHypervisors(call())).rejects.toBeInstanceOf(ProviderError);
      await expect(provider.listVms('pool', call())).rejects.toBeInstanceOf(ProviderError);
      await provider.close();
    });
  });
}
