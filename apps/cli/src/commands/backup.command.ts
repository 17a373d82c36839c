import { resolve } from 'node:path';
import { StoreUnavailable } from '#kernel';
import { CommandFailed, exitCodes } from '../exit-codes.js';
import { line, ProgressLine } from '../output.js';
import type { Registry } from '../registry.js';
import { withDataFolder } from '../run-offline.js';

export function addBackup({ program, output }: Registry): void {
  program
    .command('backup')
    .summary('copy the log to a file')
    .description(
      'Copies the log, whole and consistent, to a file that does not exist yet. The server must not run.\n\nNot in the copy: keys.db of the data folder, without which names and passwords in the log cannot be read. Keep a copy of it\nin another place. Read models need none: leasebook replay makes them from the log.',
    )
    .argument('<file>', 'where to')
    .action(async (file: string) => {
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
    });
}
