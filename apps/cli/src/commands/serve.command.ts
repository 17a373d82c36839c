import type { Registry } from '../registry.js';

export function addServe({ program }: Registry): void {
  program
    .command('serve')
    .summary('run the server')
    .description('Runs the server until it is told to stop (SIGTERM, Ctrl-C). The same as npm start.')
    .action(async () => {
      const { serve } = await import('../../../server/src/serve.js');
      await serve();
    });
}
