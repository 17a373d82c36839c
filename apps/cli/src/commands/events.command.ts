import { Option } from 'commander';
import { addSourceOptions, sourceHelp } from './source.options.js';
import type { Registry } from '../registry.js';
import type { EventsOptions } from '../work/events.js';

export function addEvents({ program, output }: Registry): void {
  const command = program
    .command('events')
    .summary('search the log')
    .description(`Searches the log, with the filters of GET /leasebook/v1/events.\n${sourceHelp}`)
    .option('--stream <name>', 'of this stream, such as hostAggregates')
    .option('--resource <kind/id>', 'about this thing, such as aggregate/1')
    .option('--type <type>', 'of this type, such as AggregateCreated or inventory/AggregateCreated@1')
    .option('--actor <user id>', 'by this user')
    .option('--project <project id>', 'for this project')
    .option('--facade <name>', 'through this face, such as nova')
    .option('--correlation <id>', 'all that one request led to')
    .option('--from <time>', 'recorded at or after, such as 2026-03-02T08:00:00Z')
    .option('--to <time>', 'recorded before')
    .addOption(new Option('--order <order>', 'which comes first').choices(['oldest', 'newest']).default('oldest'))
    .option('--after <position>', 'behind this position, in the order asked for')
    .option('--limit <count>', 'at most so many', '100')
    .option('--json', 'each event as a line of JSON')
    .addHelpText('after', '\nExample:\n  leasebook events --type AggregateCreated --from 2026-03-02T00:00:00Z');
  addSourceOptions(command).action(async (options: EventsOptions) => {
    const { findEvents } = await import('../work/events.js');
    await findEvents(options, output);
  });
}
