import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CorruptEvent } from '#event-store';
import { DataFolderLock, EmbeddedEventStore, type BackupProgress } from '#event-store/adapters/embedded';
import { StoreUnavailable } from '#kernel';
import type { ReadStore } from '#read-store';
import { openEmbeddedReadStore } from '#read-store/adapters/embedded';
import { FileVault, type Vault } from '#runtime';
import type { EventStore } from '#event-store';
import { CommandFailed, exitCodes } from '../exit-codes.js';

/** The stores of a server that does not run, owned while a command works on them. */
export interface DataFolder {
  readonly path: string;
  readonly eventStore: EventStore;
  readonly readStore: ReadStore;
  readonly vault: Vault;
  /** Copies the log to a file that does not exist yet. */
  backup(to: string, onProgress: (progress: BackupProgress) => void): Promise<void>;
  close(): Promise<void>;
}

export interface Told {
  /** What an operator should know of the log: repairs after a crash. */
  readonly ofLog: (notice: string) => void;
  /** Read models that were damaged and are made anew. */
  readonly ofReadModels: (notice: string) => void;
}

/** Throws CommandFailed: 2 where there is nothing, 3 where another process has it or something in it is damaged. */
export async function openDataFolder(path: string, told: Told): Promise<DataFolder> {
  const log = join(path, 'events.db');
  if (!existsSync(log))
    throw new CommandFailed(exitCodes.usage, `There is no log in ${path}: LEASEBOOK_DATA_DIR names the data folder.`);
  const lock = await acquire(path);
  const opened: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    for (const store of opened.splice(0).reverse()) await store.close();
    lock.release();
  };
  try {
    const vault = new FileVault(join(path, 'keys.db'));
    opened.push(vault);
    const eventStore = await EmbeddedEventStore.open({ path: log, onNotice: told.ofLog });
    opened.push(eventStore);
    const readStore = await openEmbeddedReadStore({ folder: path, warn: told.ofReadModels });
    opened.push(readStore);
    const backup: DataFolder['backup'] = (to, onProgress) => eventStore.backup(to, onProgress);
    return { path, eventStore, readStore, vault, backup, close };
  } catch (error) {
    await close();
    throw asCommandFailed(error);
  }
}

async function acquire(path: string): Promise<DataFolderLock> {
  try {
    return await DataFolderLock.acquire(path);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    const advice = 'Stop it first (a running server tells its history at /leasebook/v1, and with --url here).';
    throw new CommandFailed(exitCodes.dataFolder, `${error.message}\n${advice}`, { cause: error });
  }
}

/** The stores' own words are for people already. */
function asCommandFailed(error: unknown): unknown {
  if (error instanceof CorruptEvent || error instanceof StoreUnavailable)
    return new CommandFailed(exitCodes.dataFolder, error.message, { cause: error });
  return error;
}
