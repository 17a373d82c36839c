import { addSourceOptions, sourceHelp } from './source.options.js';
import type { Registry } from '../registry.js';
import type { HistoryOptions } from '../work/history.js';

export function addHistory({ program, output }: Registry): void {
  const command = program
    .command('history')
    .summary('the history of one thing')
    .description(
      `Tells what happened to one thing, oldest first: when, who, through which face, what changed.\n${sourceHelp}`,
    )
    .argument(
      '<kind>',
      'aggregate, hypervisor, host, guest, image, user, project, role, applicationCredential, token …',
    )
    .argument('<id>', 'its id: 1, a uuid, compute-1 …')
    .option('--json', 'as JSON, as the API answers')
    .addHelpText('after', '\nExample:\n  leasebook history aggregate 1');
  addSourceOptions(command).action(async (kind: string, id: string, options: HistoryOptions) => {
    const { tellHistory } = await import('../work/history.js');
    await tellHistory(kind, id, options, output);
  });
}
