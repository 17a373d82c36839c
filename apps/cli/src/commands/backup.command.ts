import type { Registry } from '../registry.js';

export function addBackup({ program, output }: Registry): void {
  program
    .command('backup')
    .summary('copy the log to a file')
    .description(
      'Copies the log, whole and consistent, to a file that does not exist yet. The server must not run.\n\nNot in the copy: keys.db of the data folder, without which names and passwords in the log cannot be read. Keep a copy of it\nin another place. Read models need none: leasebook replay makes them from the log.',
    )
    .argument('<file>', 'where to')
    .action(async (file: string) => {
      const { backUp } = await import('../work/backup.js');
      await backUp(file, output);
    });
}
