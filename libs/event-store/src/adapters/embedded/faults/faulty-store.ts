import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedEventStore, type EmbeddedEventStoreOptions } from '../embedded-event-store.js';
import { FaultSwitch } from './fault-switch.js';

/** A store in a folder of its own, with a writer's thread that fails on demand. */
export interface FaultyStore {
  readonly store: EmbeddedEventStore;
  readonly faults: FaultSwitch;
  readonly path: string;
  readonly notices: string[];
  dispose(): Promise<void>;
}

export async function openFaultyStore(options: Partial<EmbeddedEventStoreOptions> = {}): Promise<FaultyStore> {
  const folder = await mkdtemp(join(tmpdir(), 'leasebook-log-'));
  const path = join(folder, 'events.db');
  const faults = new FaultSwitch();
  const notices: string[] = [];
  const store = await EmbeddedEventStore.open({
    path,
    retryDelays: [5],
    onNotice: (notice) => notices.push(notice),
    worker: { url: new URL('./faulty-log.worker.js', import.meta.url), data: faults.memory },
    ...options,
  });
  const dispose = async (): Promise<void> => {
    faults.openGate();
    await store.close();
    await rm(folder, { recursive: true });
  };
  return { store, faults, path, notices, dispose };
}
