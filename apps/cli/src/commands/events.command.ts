import { Option } from 'commander';
import type { EventView } from '../../../server/src/facades/leasebook/event.view.js';
import { EventsRequest } from '../../../server/src/facades/leasebook/events.request.js';
import { CommandFailed, exitCodes } from '../exit-codes.js';
import { checked } from '../history/checked.js';
import type { HistorySource } from '../history/history-source.js';
import { addSourceOptions, sourceHelp, withHistory, type SourceOptions } from '../history/with-history.js';
import { line, printable, styled, type Output } from '../output.js';
import type { Registry } from '../registry.js';
import { actorName } from './history.command.js';

interface Options extends SourceOptions {
  readonly stream?: string;
  readonly resource?: string;
  readonly type?: string;
  readonly actor?: string;
  readonly project?: string;
  readonly facade?: string;
  readonly correlation?: string;
  readonly from?: string;
  readonly to?: string;
  readonly order: string;
  readonly after?: string;
  readonly limit: string;
  readonly json?: boolean;
}

/** Most events of one question; more are asked for page by page. */
const pageLimit = 1000;

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
  addSourceOptions(command).action(async (options: Options) => {
    const limit = wholeNumber(options.limit);
    const { url: _url, json: _json, limit: _limit, ...filters } = options;
    const request = await checked(EventsRequest, { ...filters, limit: String(Math.min(limit, pageLimit)) });
    await withHistory(options, output, (source) => printAll(source, request, limit, options.json === true, output));
  });
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new CommandFailed(exitCodes.usage, `--limit ${text} is no number from 1 to 999999999.`);
}

async function printAll(source: HistorySource, request: EventsRequest, limit: number, json: boolean, output: Output) {
  let left = limit;
  for (;;) {
    const { events, next } = await source.events(request);
    for (const event of events) line(output.out, json ? JSON.stringify(event) : eventText(event, output));
    left -= events.length;
    if (next === null || left <= 0) return;
    request.after = next;
    request.limit = Math.min(left, pageLimit);
  }
}

/** `17  2026-03-02T08:00:00.000Z  mira  nova  AggregateCreated  hostAggregates  {…}` */
function eventText(event: EventView, { out }: Output): string {
  const type = event.type.replace(/^[^/]*\//, '').replace(/@\d+$/, '');
  const cells = [String(event.position), event.recorded, actorName(event.actor), event.facade, type, event.stream];
  return `${cells.map((cell) => printable(cell)).join('  ')}  ${styled('dim', printable(JSON.stringify(event.data)), out)}`;
}
