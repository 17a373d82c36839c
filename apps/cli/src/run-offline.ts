import { loadSettings, WrongSettings } from '../../server/src/profiles/settings.js';
import type { Settings } from '../../server/src/profiles/settings.type.js';
import { CommandFailed, exitCodes } from './exit-codes.js';
import { line, styled, type Output } from './output.js';
import { openDataFolder, type DataFolder } from './profiles/data-folder.js';

/** The same settings as the server's. Throws CommandFailed with every fault. */
export function settingsOrFail(): Settings {
  try {
    return loadSettings();
  } catch (error) {
    if (!(error instanceof WrongSettings)) throw error;
    throw new CommandFailed(exitCodes.usage, error.message, { cause: error });
  }
}

/** Owns the data folder for the time of `work`. */
export async function withDataFolder<Result>(
  output: Output,
  work: (folder: DataFolder, settings: Settings) => Promise<Result>,
  notices: { readonly ofReadModels?: (notice: string) => void } = {},
): Promise<Result> {
  const settings = settingsOrFail();
  const tell = (notice: string): void => line(output.err, styled('yellow', notice, output.err));
  const folder = await openDataFolder(settings.dataDir, {
    ofLog: tell,
    ofReadModels: notices.ofReadModels ?? tell,
  });
  try {
    return await work(folder, settings);
  } finally {
    await folder.close();
  }
}
