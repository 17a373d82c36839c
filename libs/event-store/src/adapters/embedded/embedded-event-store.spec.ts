import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventStoreContract } from '../../event-store.contract.js';
import { EmbeddedEventStore } from './embedded-event-store.js';

eventStoreContract('embedded', async (clock) => {
  const folder = await mkdtemp(join(tmpdir(), 'leasebook-log-'));
  const opened: EmbeddedEventStore[] = [];
  const open = async (name: string): Promise<EmbeddedEventStore> => {
    const store = await EmbeddedEventStore.open({ path: join(folder, name), clock });
    opened.push(store);
    return store;
  };
  const store = await open('events.db');
  return {
    store,
    reopen: async () => {
      await store.close();
      return open('events.db');
    },
    // What the disk holds at this moment, while the store is still open.
    crash: async () => {
      for (const suffix of ['', '-wal'])
        await cp(join(folder, `events.db${suffix}`), join(folder, `crashed.db${suffix}`));
      return open('crashed.db');
    },
    dispose: async () => {
      await Promise.all(opened.map((each) => each.close()));
      await rm(folder, { recursive: true });
    },
  };
});
