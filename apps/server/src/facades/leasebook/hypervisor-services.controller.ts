import { Controller, HttpCode, Param, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBody, ApiOperation, ApiParam, ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ChangeService, type ServiceChange } from '#inventory';
import { commandContext } from '../../auth/command-context.js';
import { JsonBody, validated } from './json-body.js';
import { Access, LeasebookGuard, principalOf } from './leasebook.guard.js';
import { problemOf } from './leasebook.refusals.js';
import { LeasebookProblem, Problem } from './problem.js';
import { ProblemFilter } from './problem.filter.js';
import { DisableRequest, NoBody } from './service.request.js';

const refused = (status: number, description: string): ReturnType<typeof ApiResponse> =>
  ApiResponse({ status, description, type: Problem });

/** Operators take the compute service of a hypervisor out of service and back; Nova shows it in `status` and `state`. */
@Controller('leasebook/v1/hypervisors')
@UseGuards(LeasebookGuard)
@UseFilters(ProblemFilter)
@ApiTags('hypervisors')
@ApiSecurity('token')
export class HypervisorServicesController {
  constructor(private readonly commands: CommandBus) {}

  @Post(':id/disable')
  @HttpCode(204)
  @Access('admin')
  @ApiOperation({ summary: 'Disable the service: nothing new is placed there' })
  @ApiParam({ name: 'id', description: 'uuid or integer id' })
  @ApiBody({ type: DisableRequest, required: false })
  @ApiResponse({ status: 204, description: 'Disabled' })
  @refused(400, 'The body is wrong')
  @refused(401, 'No valid token')
  @refused(403, 'Not an administrator')
  @refused(404, 'No such hypervisor')
  @refused(409, 'It is disabled already, for that reason')
  @refused(503, 'The log takes nothing, or the outcome is unknown')
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
  @ApiOperation({ summary: 'Enable it again' })
  @ApiParam({ name: 'id', description: 'uuid or integer id' })
  @ApiResponse({ status: 204, description: 'Enabled' })
  @refused(401, 'No valid token')
  @refused(403, 'Not an administrator')
  @refused(404, 'No such hypervisor')
  @refused(409, 'It is enabled already')
  @refused(503, 'The log takes nothing, or the outcome is unknown')
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
  @ApiOperation({ summary: 'Declare it down whatever its heartbeats say' })
  @ApiParam({ name: 'id', description: 'uuid or integer id' })
  @ApiResponse({ status: 204, description: 'Down' })
  @refused(401, 'No valid token')
  @refused(403, 'Not an administrator')
  @refused(404, 'No such hypervisor')
  @refused(409, 'It is forced down already')
  @refused(503, 'The log takes nothing, or the outcome is unknown')
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
  @ApiOperation({ summary: 'Let its heartbeats speak again' })
  @ApiParam({ name: 'id', description: 'uuid or integer id' })
  @ApiResponse({ status: 204, description: 'Lifted' })
  @refused(401, 'No valid token')
  @refused(403, 'Not an administrator')
  @refused(404, 'No such hypervisor')
  @refused(409, 'It is not forced down')
  @refused(503, 'The log takes nothing, or the outcome is unknown')
  liftForceDown(
    @Param('id') id: string,
    @JsonBody(validated) _body: NoBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.change(id, { kind: 'lift-force-down' }, request, reply);
  }

  private async change(id: string, change: ServiceChange, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (!/^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[1-9]\d{0,15})$/.test(id))
      throw new LeasebookProblem(404, 'hypervisor-unknown', 'There is no such hypervisor.');
    const context = commandContext(request, principalOf(request), 'leasebook');
    const outcome = await this.commands.execute(new ChangeService(context, id, change));
    if (outcome.kind === 'refused') throw problemOf(outcome);
    reply.code(204).header('x-openstack-request-id', request.id).send();
  }
}
