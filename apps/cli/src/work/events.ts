import 'reflect-metadata';
import type { EventView } from '../../../server/src/facades/leasebook/event.view.js';
import { EventsRequest } from '../../../server/src/facades/leasebook/events.request.js';
import { CommandFailed, exitCodes } from '../exit-codes.js';
import { checked } from '../history/checked.js';
import type { HistorySource } from '../history/history-source.js';
import { withHistory, type SourceOptions } from '../history/with-history.js';
import { line, printable, styled, type Output } from '../output.js';
import { actorName } from './history.js';

export interface EventsOptions extends SourceOptions {
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

/** Prints what is found. Throws CommandFailed. */
export async function findEvents(options: EventsOptions, output: Output): Promise<void> {
  const limit = wholeNumber(options.limit);
  const { url: _url, json: _json, limit: _limit, ...filters } = options;
  const request = await checked(EventsRequest, { ...filters, limit: String(Math.min(limit, pageLimit)) });
  await withHistory(options, output, (source) => printAll(source, request, limit, options.json === true, output));
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
