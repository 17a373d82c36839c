import { Controller, Get, Param, Query, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiExtraModels, ApiOperation, ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ActorNames } from '#identity';
import { FindEvents, GetHistory, type AuditDocument } from '#projections/audit-trail/audit-trail.query';
import { staleWarning } from '#wire';
import { eventView, EventsView, historyEntryView, HistoryView, type OpenedNames } from './event.view.js';
import { EventsRequest, toEventSearch } from './events.request.js';
import { HistoryPath, HistoryRequest } from './history.request.js';
import { validated } from './json-body.js';
import { Access, LeasebookGuard, onlyProject, principalOf } from './leasebook.guard.js';
import { Problem } from './problem.js';
import { ProblemFilter } from './problem.filter.js';
import { Problems } from './responses.js';

/** What happened: the log, searched; and the history of one thing. */
@Controller('leasebook/v1')
@UseGuards(LeasebookGuard)
@UseFilters(ProblemFilter)
@ApiTags('history')
@ApiSecurity('token')
@ApiExtraModels(Problem)
export class HistoryController {
  constructor(private readonly queries: QueryBus) {}

  @Get('events')
  @Access('token')
  @ApiOperation({
    summary: 'Search the log',
    operationId: 'findEvents',
    description: 'Administrators see every event, others what their own project did.',
  })
  @ApiResponse({ status: 200, type: EventsView, description: 'One page; `Warning: 110` when it lags behind the log' })
  @Problems({ 400: 'A parameter is wrong' })
  async events(
    @Query(validated) query: EventsRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventsView> {
    const search = toEventSearch(query, onlyProject(principalOf(request)));
    const { value, stale } = await this.queries.execute(new FindEvents(search));
    describe(reply, request, stale);
    const names = await this.names(value.events);
    return { events: value.events.map((event) => eventView(event, names)), next: value.next ?? null };
  }

  @Get('history/:kind/:id')
  @Access('token')
  @ApiOperation({
    summary: 'The history of one thing, oldest first: when, who, through which face, what changed from what to what',
    description:
      'Administrators see all of it, others what their own project did. A thing never heard of has no entries.',
    operationId: 'getHistory',
  })
  @ApiResponse({ status: 200, type: HistoryView, description: 'One page; `Warning: 110` when it lags behind the log' })
  @Problems({ 400: 'A parameter is wrong' })
  async history(
    @Param(validated) resource: HistoryPath,
    @Query(validated) page: HistoryRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<HistoryView> {
    const project = onlyProject(principalOf(request));
    const { value, stale } = await this.queries.execute(
      new GetHistory(
        { kind: resource.kind, id: resource.id },
        {
          limit: page.limit,
          ...(page.after === undefined ? {} : { after: page.after }),
          ...(project === undefined ? {} : { project }),
        },
      ),
    );
    describe(reply, request, stale);
    const names = await this.names(value.entries.map((entry) => entry.event));
    const entries = value.entries.map((entry) => historyEntryView(entry, names));
    return { kind: resource.kind, id: resource.id, entries, next: value.next ?? null };
  }

  private names(events: readonly AuditDocument[]): Promise<OpenedNames> {
    const sealed = events.flatMap((event) =>
      event.sealedName === null ? [] : [{ userId: event.actor, sealed: event.sealedName }],
    );
    return this.queries.execute(new ActorNames(sealed));
  }
}

function describe(reply: FastifyReply, request: FastifyRequest, stale: boolean): void {
  reply.header('x-openstack-request-id', request.id).header('content-type', 'application/json');
  if (stale) reply.header('warning', staleWarning);
}
