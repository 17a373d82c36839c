import { join } from 'node:path';
import { DataFolderLock, EmbeddedEventStore } from '#event-store/adapters/embedded';
import { systemClock } from '#kernel';
import { ResilientProvider } from '#providers';
import { SimulatedProvider } from '#providers/adapters/simulated';
import { openEmbeddedReadStore } from '#read-store/adapters/embedded';
import { FileVault } from '#runtime';
import { createInProcessTimers } from '#timers/adapters/in-process';
import type { Logger } from 'pino';
import type { Ports } from './ports.js';
import type { Settings } from './settings.type.js';

type Notices = Pick<Logger, 'warn'>;

/** The ports, and the simulated provider's controls, which tests use. */
export interface EmbeddedPorts extends Ports {
  readonly simulated: SimulatedProvider;
}

/**
 * Everything in one data folder and one process (design §2). Rejects with StoreUnavailable where the folder is in use,
 * or something in it is damaged.
 */
export async function openEmbedded(settings: Settings, logger: Notices): Promise<EmbeddedPorts> {
  const lock = await DataFolderLock.acquire(settings.dataDir);
  const opened: { close(): Promise<void> }[] = [];
  const closeAll = async (): Promise<void> => {
    for (const port of opened.reverse()) await port.close();
    lock.release();
  };
  try {
    const vault = new FileVault(join(settings.dataDir, 'keys.db'));
    opened.push(vault);
    const notice = (text: string): void => {
      logger.warn({ notice: text }, 'the store has something to say');
    };
    const eventStore = await EmbeddedEventStore.open({ path: join(settings.dataDir, 'events.db'), onNotice: notice });
    opened.push(eventStore);
    const readStore = await openEmbeddedReadStore({
      folder: settings.dataDir,
      snapshotEveryMs: settings.snapshotMinutes * 60_000,
      warn: notice,
    });
    opened.push(readStore);
    const simulated = new SimulatedProvider({
      hosts: settings.simulatedHosts,
      clock: systemClock,
      failureRate: settings.simulatedVms.failureRate,
      vms: {
        cloneMs: milliseconds(settings.simulatedVms.cloneSeconds),
        bootMs: milliseconds(settings.simulatedVms.bootSeconds),
      },
      stateFile: join(settings.dataDir, 'simulated-vms.db'),
      onNotice: notice,
    });
    const provider = new ResilientProvider(simulated);
    opened.push(provider);
    return {
      eventStore,
      readStore,
      vault,
      timers: createInProcessTimers(),
      providers: [provider],
      clock: systemClock,
      simulated,
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

function milliseconds({ min, max }: { readonly min: number; readonly max: number }) {
  return { min: min * 1000, max: max * 1000 };
}
