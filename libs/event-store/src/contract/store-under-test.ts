import { randomUUID } from 'node:crypto';
import type { Clock } from '#kernel';
import type { Append, AppendOutcome, EventStore, ExpectedRevision, NewEvent, RecordedEvent } from '../port.js';

/** A store as the contract suite drives it: fresh and empty, with a clock that the suite sets. */
export interface EventStoreUnderTest {
  readonly store: EventStore;
  /** Closes it and opens it on the same data, as an orderly restart does. */
  reopen(): Promise<EventStore>;
  /** Opens a store on what a crash of this very moment would leave behind. The former store is given up. */
  crash(): Promise<EventStore>;
  /** Closes whatever is open and removes the data. */
  dispose(): Promise<void>;
}

export type OpenEventStoreUnderTest = (clock: Clock) => Promise<EventStoreUnderTest>;

/** Opens a store for each test of a suite; the suites share it through this. */
export interface Bench {
  readonly store: EventStore;
  readonly subject: EventStoreUnderTest;
  /** The store's clock: starts at 1,000,000; 1 ms per question unless the suite sets it. */
  readonly clock: { time: number };
}

export const metadataOf = (user: string): string => JSON.stringify({ envelope: 1, actor: { user, project: null } });

export function newEvent(overrides: Partial<NewEvent> = {}): NewEvent {
  return { id: randomUUID(), type: 'tests/Happened@1', data: '{}', metadata: metadataOf('u-1'), ...overrides };
}

export function newEvents(count: number, overrides: Partial<NewEvent> = {}): NewEvent[] {
  return Array.from({ length: count }, (_, index) => newEvent({ data: JSON.stringify({ index }), ...overrides }));
}

export function appendOf(stream: string, expected: ExpectedRevision, ...events: NewEvent[]): Append {
  return { stream, expected, events };
}

export async function appendOne(
  store: EventStore,
  stream: string,
  expected: ExpectedRevision,
  ...events: NewEvent[]
): Promise<AppendOutcome> {
  const [outcome] = await store.append([appendOf(stream, expected, ...events)]);
  if (outcome === undefined) throw new Error('each append has an outcome');
  return outcome;
}

/** Fills a stream from its beginning. */
export async function fill(store: EventStore, stream: string, events: readonly NewEvent[]): Promise<void> {
  const outcome = await appendOne(store, stream, 'noStream', ...events);
  if (outcome.kind !== 'appended') throw new Error(`filling ${stream}: ${JSON.stringify(outcome)}`);
}

/** The whole log, page by page. */
export async function everything(store: EventStore, limit = 4_096): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (;;) {
    const after = events.at(-1)?.position;
    const page = await store.readAll({ limit, ...(after === undefined ? {} : { after }) });
    events.push(...page);
    if (page.length < limit) return events;
  }
}

export const idsOf = (events: readonly { readonly id: string }[]): string[] => events.map(({ id }) => id);

/** Waits, by turns of the event loop, until something is so; a test that never gets there runs into jest's own limit. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 2));
}
