import { writeSync } from 'node:fs';
import { SimulatedProvider } from './index.js';

export const configured = {
  uuid: 'configured',
  name: 'instance-1',
  vcpus: 1,
  memoryMb: 512,
  diskGb: 1,
  flavorId: 'f1',
};
const hosts = [{ name: 'kvm-1', vcpus: 64, memoryMb: 262_144, localGb: 2048, guests: [configured] }];

export const open = (stateFile: string, onNotice?: (text: string) => void) =>
  new SimulatedProvider({ hosts, stateFile, clock: { now: () => Date.now() }, ...(onNotice && { onNotice }) });

export const create = (provider: SimulatedProvider, vmId: string) =>
  provider.createVm(
    {
      ...{ vmId, name: `name-${vmId}`, pool: 'alma-9', domain: null, hypervisor: 'kvm-1', template: 't' },
      ...{ cloneTarget: null, folder: null, datastore: null, vcpus: 2, memoryMb: 4096, diskGb: 20 },
    },
    { requestId: vmId, timeoutMs: 60_000 },
  );

/** At once: a stream would say it later than what comes next is done. */
const say = (line: string) => writeSync(1, `${line}\n`);

/** Creates VMs, 16 at a time, and destroys the even ones again, until it is killed; tells what was acknowledged. */
export async function createForEver(stateFile: string): Promise<never> {
  const provider = open(stateFile);
  for (let n = 0; ; n += 16) {
    await Promise.all(
      Array.from({ length: 16 }, async (_, more) => {
        const vmId = `vm-${n + more}`;
        await create(provider, vmId);
        say(`+${vmId}`);
        if ((n + more) % 2 !== 0) return;
        say(`?${vmId}`);
        await provider.destroyVm(vmId, { requestId: `destroy-${vmId}`, timeoutMs: 60_000 });
        say(`-${vmId}`);
      }),
    );
  }
}
