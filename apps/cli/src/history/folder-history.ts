import type { Freshness, Projection } from '#read-store';
import { LogHead, ProjectionRunner } from '#runtime';
import { FindEventsHandler, GetHistoryHandler } from '#projections/audit-trail/audit-trail.handler';
import { FindEvents, GetHistory, type AuditDocument } from '#projections/audit-trail/audit-trail.query';
import { eventView, historyEntryView, type OpenedNames } from '../../../server/src/facades/leasebook/event.view.js';
import { toEventSearch } from '../../../server/src/facades/leasebook/events.request.js';
import { allReadModels } from '../../../server/src/read-models.js';
import { CommandFailed, exitCodes } from '../exit-codes.js';
import { ProgressLine, type Output } from '../output.js';
import type { DataFolder } from '../profiles/data-folder.js';
import type { HistorySource } from './history-source.js';

/** Nothing writes: once caught up, the read model stays fresh. */
const fresh: Freshness = { upToDate: () => Promise.resolve({ stale: false }) };

/** Catches the audit trail up with the log and asks it. Everything is shown: whoever reads the folder is its owner. */
export async function withFolderHistory<Result>(
  { eventStore, readStore, vault }: DataFolder,
  output: Output,
  work: (source: HistorySource) => Promise<Result>,
): Promise<Result> {
  const names = (events: readonly AuditDocument[]): Promise<OpenedNames> => openNames(vault, events);
  const projections = allReadModels.filter(({ name }): boolean => name === 'auditTrail');
  const runner = await caughtUp(eventStore, readStore, projections, output);
  const find = new FindEventsHandler(readStore, fresh);
  const history = new GetHistoryHandler(readStore, fresh);
  try {
    return await work({
      events: async (request) => {
        const { value } = await find.execute(new FindEvents(toEventSearch(request, undefined)));
        const opened = await names(value.events);
        return { events: value.events.map((event) => eventView(event, opened)), next: value.next ?? null };
      },
      history: async (kind, id, page) => {
        const { value } = await history.execute(new GetHistory({ kind, id }, page));
        const opened = await names(value.entries.map(({ event }) => event));
        const entries = value.entries.map((entry) => historyEntryView(entry, opened));
        return { kind, id, entries, next: value.next ?? null };
      },
    });
  } finally {
    await runner.stop();
  }
}

async function caughtUp(
  store: DataFolder['eventStore'],
  readStore: DataFolder['readStore'],
  projections: readonly Projection[],
  output: Output,
): Promise<ProjectionRunner> {
  const head = new LogHead(store);
  const runner = new ProjectionRunner({ store, readStore, projections, head });
  const progress = new ProgressLine(output.err, 'catching up with the log');
  await runner.start((_events, position) => progress.show(position, head.latestKnown ?? 0));
  progress.end();
  const parked = runner.status().find(({ state }) => state === 'parked');
  if (parked === undefined) return runner;
  await runner.stop();
  throw new CommandFailed(exitCodes.failed, `The audit trail stands still: ${parked.error ?? 'nobody knows why'}`);
}

/** Those whose keys still exist (C20). */
async function openNames(vault: DataFolder['vault'], events: readonly AuditDocument[]): Promise<OpenedNames> {
  const names = new Map<string, string>();
  for (const { actor, sealedName } of events) {
    if (sealedName === null || names.has(sealedName)) continue;
    const name = await vault.open(`actor:${actor}`, sealedName);
    if (name !== undefined) names.set(sealedName, name);
  }
  return names;
}
