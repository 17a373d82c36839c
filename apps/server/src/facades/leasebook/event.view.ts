import { ApiProperty } from '@nestjs/swagger';
import type { AuditDocument, FieldChange, HistoryEntry } from '#projections/audit-trail/audit-trail.query';

/** Any JSON value. */
const anyValue = {
  oneOf: [
    { type: 'string' },
    { type: 'number' },
    { type: 'boolean' },
    { type: 'array', items: {} },
    { type: 'object', additionalProperties: true },
  ],
  nullable: true,
};

const moment = (time: number): string => new Date(time).toISOString();

export class ActorView {
  @ApiProperty({ description: 'Id of the user; `system` for the server itself' })
  user!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Name, unless it was erased' })
  name!: string | null;

  @ApiProperty({ type: String, nullable: true })
  project!: string | null;

  @ApiProperty({ example: 'password' })
  method!: string;
}

export class EventView {
  @ApiProperty({ type: 'integer', description: 'Place in the log: opaque and ordered' })
  position!: number;

  @ApiProperty()
  id!: string;

  @ApiProperty({ example: 'inventory/AggregateCreated@1' })
  type!: string;

  @ApiProperty({ example: 'hostAggregates' })
  stream!: string;

  @ApiProperty({ type: 'integer', description: 'Place in its stream, from 0' })
  revision!: number;

  @ApiProperty({ format: 'date-time', description: 'When it was decided' })
  time!: string;

  @ApiProperty({ format: 'date-time', description: 'When the log took it' })
  recorded!: string;

  @ApiProperty({ type: ActorView })
  actor!: ActorView;

  @ApiProperty({ example: 'nova' })
  facade!: string;

  @ApiProperty()
  request!: string;

  @ApiProperty()
  command!: string;

  @ApiProperty({ type: String, nullable: true })
  causation!: string | null;

  @ApiProperty()
  correlation!: string;

  @ApiProperty({ type: [String], example: ['aggregate/1'] })
  resources!: readonly string[];

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'The payload, in its current version' })
  data!: unknown;
}

export class EventsView {
  @ApiProperty({ type: [EventView] })
  events!: readonly EventView[];

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Ask again with `after`; null: there is no more. A page may be short and still have it.',
  })
  next!: number | null;
}

export class ChangeView {
  @ApiProperty({ example: 'name' })
  field!: string;

  @ApiProperty({ ...anyValue, description: 'null: had none' })
  from!: unknown;

  @ApiProperty({ ...anyValue, description: 'null: has none any more' })
  to!: unknown;
}

export class HistoryEntryView {
  @ApiProperty({ format: 'date-time' })
  when!: string;

  @ApiProperty({ example: 'renamed' })
  what!: string;

  @ApiProperty({ type: ActorView })
  who!: ActorView;

  @ApiProperty({ description: 'Through which face', example: 'nova' })
  through!: string;

  @ApiProperty({ type: [ChangeView] })
  changes!: readonly ChangeView[];

  @ApiProperty({ type: 'integer', description: 'Place in the log' })
  position!: number;

  @ApiProperty()
  event!: string;

  @ApiProperty({ example: 'inventory/AggregateUpdated@1' })
  type!: string;

  @ApiProperty()
  request!: string;

  @ApiProperty()
  correlation!: string;
}

export class HistoryView {
  @ApiProperty({ example: 'aggregate' })
  kind!: string;

  @ApiProperty({ example: '1' })
  id!: string;

  @ApiProperty({ type: [HistoryEntryView] })
  entries!: readonly HistoryEntryView[];

  @ApiProperty({ type: String, nullable: true, description: 'Ask again with `after`; null: there is no more' })
  next!: string | null;
}

/** Names by sealed text: what the actors' keys still open. */
export type OpenedNames = ReadonlyMap<string, string>;

function actorView(event: AuditDocument, names: OpenedNames): ActorView {
  const name = event.sealedName === null ? undefined : names.get(event.sealedName);
  return { user: event.actor, name: name ?? null, project: event.project, method: event.method };
}

export function eventView(event: AuditDocument, names: OpenedNames): EventView {
  return {
    position: event.at,
    id: event.event,
    type: event.type,
    stream: event.stream,
    revision: event.revision,
    time: moment(event.time),
    recorded: moment(event.recordedAt),
    actor: actorView(event, names),
    facade: event.facade,
    request: event.request,
    command: event.command,
    causation: event.causation,
    correlation: event.correlation,
    resources: event.resources,
    data: JSON.parse(event.data) as unknown,
  };
}

export function historyEntryView({ event, entry }: HistoryEntry, names: OpenedNames): HistoryEntryView {
  return {
    when: moment(event.time),
    what: entry.what,
    who: actorView(event, names),
    through: event.facade,
    changes: entry.changes.map(({ field, from, to }: FieldChange) => ({ field, from, to })),
    position: event.at,
    event: event.event,
    type: event.type,
    request: event.request,
    correlation: event.correlation,
  };
}
