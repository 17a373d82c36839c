import 'reflect-metadata';
import type { ActorView, ChangeView, HistoryEntryView } from '../../../server/src/facades/leasebook/event.view.js';
import { HistoryPath } from '../../../server/src/facades/leasebook/history.request.js';
import { checked } from '../history/checked.js';
import type { HistorySource } from '../history/history-source.js';
import { withHistory, type SourceOptions } from '../history/with-history.js';
import { line, printable, styled, table, type Output } from '../output.js';

export interface HistoryOptions extends SourceOptions {
  readonly json?: boolean;
}

/** Most entries of one question. */
const pageLimit = 1000;

/** Prints all of it. Throws CommandFailed. */
export async function tellHistory(kind: string, id: string, options: HistoryOptions, output: Output): Promise<void> {
  const resource = await checked(HistoryPath, { kind, id });
  await withHistory(options, output, async (source) => {
    const entries = await allEntries(source, resource);
    if (options.json === true) line(output.out, JSON.stringify({ kind, id, entries, next: null }, undefined, 2));
    else print(resource, entries, output);
  });
}

async function allEntries(source: HistorySource, { kind, id }: HistoryPath): Promise<readonly HistoryEntryView[]> {
  const entries: HistoryEntryView[] = [];
  let after: string | undefined;
  do {
    const page = await source.history(kind, id, { limit: pageLimit, ...(after === undefined ? {} : { after }) });
    entries.push(...page.entries);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return entries;
}

function print({ kind, id }: HistoryPath, entries: readonly HistoryEntryView[], { out, err }: Output): void {
  if (entries.length === 0) {
    line(err, printable(`Nothing is known of ${kind} ${id}.`));
    return;
  }
  const rows = entries.flatMap((entry) => rowsOf(entry));
  const [head = '', ...lines] = table([['WHEN', 'WHO', 'THROUGH', 'WHAT', 'CHANGES'], ...rows]);
  line(out, styled('bold', head, out));
  for (const text of lines) line(out, text);
}

/** One line for what happened, and one more for each further change. */
function rowsOf({ when, who, through, what, changes }: HistoryEntryView): readonly (readonly string[])[] {
  const [first = '', ...others] = changes.map((change) => changeText(change));
  return [
    [when, printable(actorName(who)), printable(through), printable(what), first],
    ...others.map((text) => ['', '', '', '', text]),
  ];
}

export function actorName({ name, user }: ActorView): string {
  return name ?? user;
}

function changeText({ field, from, to }: ChangeView): string {
  return printable(`${field}: ${valueText(from)} → ${valueText(to)}`);
}

function valueText(value: unknown): string {
  if (value === null) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
