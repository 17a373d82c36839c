import Database from 'better-sqlite3';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStoreContract } from '../../read-store.contract.js';
import { EmbeddedReadStore } from './embedded-read-store.js';

readStoreContract('embedded', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'leasebook-read-store-'));
  let failing = false;
  let opened: EmbeddedReadStore | undefined;
  return {
    open: async () =>
      (opened = await EmbeddedReadStore.open({
        folder,
        beforeCheckpoint: () => {
          if (failing) throw new Error('between documents and checkpoint');
        },
      })),
    crash: async () => opened?.abandon(),
    failCheckpoints: async (to: boolean) => {
      failing = to;
      // In the worker it is the database itself that fails.
      const database = new Database(join(folder, 'read-models.db'));
      const trigger = `CREATE TRIGGER fault BEFORE UPDATE OF checkpoint ON generations BEGIN SELECT RAISE(ABORT, 'between'); END`;
      database.exec(to ? trigger : 'DROP TRIGGER fault');
      database.close();
    },
    durable: true,
    remove: () => rm(folder, { recursive: true }),
  };
});
