import { createMemoryReadStore } from '#read-store/adapters/memory';
import { counterMentions } from '#specs';
import type { Process } from '../process.port.js';
import { InstanceStore } from './instance-store.js';
import { instancesProjection, instancesVersion } from './instances.js';

const process = counterMentions() as unknown as Process;
const at = (position: number) => ({ epoch: 'e', position, hash: `h${String(position)}`, version: instancesVersion });

async function opened() {
  const store = await createMemoryReadStore().open(instancesProjection(process));
  return [new InstanceStore(process, store), new InstanceStore(process, store)] as const;
}

describe('the instances of a process', () => {
  it('are found as they were set, before and after they are written', async () => {
    const [instances, other] = await opened();
    expect(await instances.find('a')).toEqual({ text: undefined, position: -Infinity });
    instances.set('a', { text: '1', position: 3 });
    expect([await instances.find('a'), instances.unwritten]).toEqual([{ text: '1', position: 3 }, 1]);
    expect(await instances.flush(at(2))).toBe(2);
    expect([await other.find('a'), instances.unwritten]).toEqual([{ text: '1', position: 3 }, 0]);
  });

  it('stay known and unwritten while a former runner of the process is further', async () => {
    const [instances, former] = await opened();
    former.set('a', { text: '1', position: 3 });
    await former.flush(at(9));
    instances.set('a', { text: undefined, position: 11 });
    expect(await instances.flush(at(6))).toBe(9);
    expect([(await instances.find('a')).text, instances.unwritten]).toEqual([undefined, 1]);
    expect(await instances.flush(at(10))).toBe(10);
    expect([(await former.find('a')).text, instances.unwritten]).toEqual([undefined, 0]);
  });
});
