import { Controller, HttpCode, Param, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBody, ApiExtraModels, ApiOperation, ApiParam, ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ChangeService, type ServiceChange } from '#inventory';
import { commandContext } from '../../auth/command-context.js';
import { JsonBody, validated } from './json-body.js';
import { Access, LeasebookGuard, principalOf } from './leasebook.guard.js';
import { problemOf } from './leasebook.refusals.js';
import { LeasebookProblem, Problem } from './problem.js';
import { ProblemFilter } from './problem.filter.js';
import { Problems, Repeatable } from './responses.js';
import { DisableRequest, NoBody } from './service.request.js';

const idForm = /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[1-9]\d{0,15})$/;
const idDescription = 'uuid or integer id';

const problems = (own: Readonly<Record<number, string>>): MethodDecorator =>
  Problems({
    400: 'The body or the Idempotency-Key is wrong',
    404: 'No such hypervisor',
    415: 'The body is not JSON',
    ...own,
  });

/** Operators take the compute service of a hypervisor out of service and back; Nova shows it in `status` and `state`. */
@Controller('leasebook/v1/hypervisors')
@UseGuards(LeasebookGuard)
@UseFilters(ProblemFilter)
@ApiTags('hypervisors')
@ApiSecurity('token')
@ApiExtraModels(Problem)
export class HypervisorServicesController {
  constructor(private readonly commands: CommandBus) {}

  @Post(':id/disable')
  @HttpCode(204)
  @Access('admin')
  @ApiOperation({ summary: 'Disable the service: nothing new is placed there', operationId: 'disableService' })
  @ApiParam({ name: 'id', description: idDescription })
  @ApiBody({ type: DisableRequest, required: false })
  @ApiResponse({ status: 204, description: 'Disabled' })
  @problems({ 409: 'It is disabled already, for that reason' })
  @Repeatable()
  disable(
    @Param('id') id: string,
    @JsonBody(validated) body: DisableRequest,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.change(id, { kind: 'disable', reason: body.reason ?? null }, request, reply);
  }

  @Post(':id/enable')
  @HttpCode(204)
  @Access('admin')
  @ApiOperation({ summary: 'Enable it again', operationId: 'enableService' })
  @ApiParam({ name: 'id', description: idDescription })
  @ApiResponse({ status: 204, description: 'Enabled' })
  @problems({ 409: 'It is enabled already' })
  @Repeatable()
  enable(
    @Param('id') id: string,
    @JsonBody(validated) _body: NoBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.change(id, { kind: 'enable' }, request, reply);
  }

  @Post(':id/force-down')
  @HttpCode(204)
  @Access('admin')
  @ApiOperation({ summary: 'Declare it down whatever its heartbeats say', operationId: 'forceServiceDown' })
  @ApiParam({ name: 'id', description: idDescription })
  @ApiResponse({ status: 204, description: 'Down' })
  @problems({ 409: 'It is forced down already' })
  @Repeatable()
  forceDown(
    @Param('id') id: string,
    @JsonBody(validated) _body: NoBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.change(id, { kind: 'force-down' }, request, reply);
  }

  @Post(':id/lift-force-down')
  @HttpCode(204)
  @Access('admin')
  @ApiOperation({ summary: 'Let its heartbeats speak again', operationId: 'liftForceDown' })
  @ApiParam({ name: 'id', description: idDescription })
  @ApiResponse({ status: 204, description: 'Lifted' })
  @problems({ 409: 'It is not forced down' })
  @Repeatable()
  liftForceDown(
    @Param('id') id: string,
    @JsonBody(validated) _body: NoBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.change(id, { kind: 'lift-force-down' }, request, reply);
  }

  private async change(id: string, change: ServiceChange, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (!idForm.test(id)) throw new LeasebookProblem(404, 'hypervisor-unknown', 'There is no such hypervisor.');
    const context = commandContext(request, principalOf(request), 'leasebook');
    const outcome = await this.commands.execute(new ChangeService(context, id, change));
    if (outcome.kind === 'refused') throw problemOf(outcome);
    reply.code(204).header('x-openstack-request-id', request.id).send();
  }
}
