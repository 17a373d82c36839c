import { Controller, Get, HttpCode, Inject, Post, Query, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBody, ApiExtraModels, ApiOperation, ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasRole } from '#identity';
import { HostAvailabilities, PlanLease, RESERVATIONS_SETTINGS, type ReservationsSettings } from '#reservations';
import { HostAvailabilityRequest, windowOf } from './host-availability.request.js';
import { HostAvailabilitiesView, hostAvailabilitiesView } from './host-availability.view.js';
import { JsonBody, validated } from './json-body.js';
import { planProblem } from './lease-plan.refusals.js';
import { LeasePlanRequest, thoughtOfLease } from './lease-plan.request.js';
import { LeasePlanView, leasePlanView } from './lease-plan.view.js';
import { Access, LeasebookGuard, principalOf } from './leasebook.guard.js';
import { Problem } from './problem.js';
import { ProblemFilter } from './problem.filter.js';
import { Problems } from './responses.js';

/** What could be reserved, and when. */
@Controller('leasebook/v1')
@UseGuards(LeasebookGuard)
@UseFilters(ProblemFilter)
@ApiTags('reservations')
@ApiSecurity('token')
@ApiExtraModels(Problem)
export class ReservationsController {
  constructor(
    private readonly queries: QueryBus,
    @Inject(RESERVATIONS_SETTINGS) private readonly settings: Pick<ReservationsSettings, 'clock'>,
  ) {}

  @Post('lease-plans')
  @HttpCode(200)
  @Access('token')
  @ApiOperation({
    summary: 'Would this lease fit, on which hosts, and if not, why not and when next?',
    description: 'Decided as a lease would be at this instant; nothing is held or stored.',
    operationId: 'planLease',
  })
  @ApiBody({ type: LeasePlanRequest })
  @ApiResponse({ status: 200, type: LeasePlanView, description: 'How it would be' })
  @Problems({
    400: 'The body is wrong, or what it asks for',
    409: 'There cannot be such a lease',
    415: 'The body is not JSON',
  })
  async plan(
    @JsonBody(validated) body: LeasePlanRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LeasePlanView> {
    const { userId, project } = principalOf(request);
    const administrator = isAdministrator(request);
    const now = this.settings.clock.now();
    const caller = { userId, projectId: project?.id ?? '', administrator };
    const answer = await this.queries.execute(new PlanLease(caller, thoughtOfLease(body, now), now));
    if (answer.kind === 'refused') throw planProblem(answer.code, answer.facts);
    describe(reply, request);
    return leasePlanView(answer.plan, administrator);
  }

  @Get('host-availabilities')
  @Access('token')
  @ApiOperation({
    summary: 'When each host is free and when it is busy, inside a window',
    operationId: 'listHostAvailabilities',
  })
  @ApiResponse({ status: 200, type: HostAvailabilitiesView, description: 'As booked at this instant' })
  @Problems({ 400: 'A parameter is wrong' })
  async availabilities(
    @Query(validated) query: HostAvailabilityRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<HostAvailabilitiesView> {
    const hosts = await this.queries.execute(new HostAvailabilities(windowOf(query), query.host));
    describe(reply, request);
    return hostAvailabilitiesView(hosts, isAdministrator(request));
  }
}

const isAdministrator = (request: FastifyRequest): boolean => hasRole(principalOf(request), 'admin');

function describe(reply: FastifyReply, request: FastifyRequest): void {
  reply.header('x-openstack-request-id', request.id).header('content-type', 'application/json');
}
