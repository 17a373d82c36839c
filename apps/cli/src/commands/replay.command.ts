import type { Registry } from '../registry.js';

interface Options {
  readonly projection?: readonly string[];
}

export function addReplay({ program, output }: Registry): void {
  program
    .command('replay')
    .summary('rebuild read models from the log')
    .description(
      'Builds read models anew from the log, beside the ones there are, and swaps them in when they are complete.\nThe server must not run.',
    )
    .option('-p, --projection <name...>', 'only these (a name that is none tells which there are)')
    .action(async ({ projection: names }: Options) => {
      const { replay } = await import('../work/replay.js');
      await replay(names, output);
    });
}
