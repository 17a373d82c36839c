import { resolve } from 'node:path';
import { StoreUnavailable } from '#kernel';
import { CommandFailed, exitCodes } from '../exit-codes.js';
import { line, ProgressLine, type Output } from '../output.js';
import { withDataFolder } from '../run-offline.js';

/** Throws CommandFailed, also when the file exists. */
export async function backUp(file: string, output: Output): Promise<void> {
  const target = resolve(file);
  await withDataFolder(output, async (folder) => {
    const progress = new ProgressLine(output.err, 'backup, pages');
    try {
      await folder.backup(target, ({ copied, total }) => progress.show(copied, total));
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      throw new CommandFailed(exitCodes.failed, error.message, { cause: error });
    } finally {
      progress.end();
    }
    line(output.out, `Copied the log to ${target}.`);
  });
}
