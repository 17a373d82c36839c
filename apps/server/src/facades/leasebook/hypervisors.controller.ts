import { Controller, Get, Param, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiExtraModels, ApiOperation, ApiParam, ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GetHypervisor } from '#projections/hypervisors/hypervisors.query';
import { staleWarning } from '#wire';
import { hypervisorView, HypervisorView } from './hypervisor.view.js';
import { Access, LeasebookGuard } from './leasebook.guard.js';
import { LeasebookProblem, Problem } from './problem.js';
import { ProblemFilter } from './problem.filter.js';
import { Problems } from './responses.js';

const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const numberForm = /^[1-9]\d{0,14}$/;

/** Who is on a hypervisor: what Nova does not tell. */
@Controller('leasebook/v1/hypervisors')
@UseGuards(LeasebookGuard)
@UseFilters(ProblemFilter)
@ApiTags('hypervisors')
@ApiSecurity('token')
@ApiExtraModels(Problem)
export class HypervisorsController {
  constructor(private readonly queries: QueryBus) {}

  @Get(':id')
  @Access('admin')
  @ApiOperation({ summary: 'What it is for, and which reservation is on it', operationId: 'getHypervisor' })
  @ApiParam({ name: 'id', description: 'uuid or integer id' })
  @ApiResponse({ status: 200, type: HypervisorView, description: '`Warning: 110` when it lags behind the log' })
  @Problems({ 404: 'No such hypervisor' })
  async show(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<HypervisorView> {
    const asked = uuidForm.test(id) ? { uuid: id } : numberForm.test(id) ? { number: Number(id) } : undefined;
    const found = asked === undefined ? undefined : await this.queries.execute(new GetHypervisor(asked));
    if (found?.value === undefined)
      throw new LeasebookProblem(404, 'hypervisor-unknown', 'There is no such hypervisor.');
    reply.header('x-openstack-request-id', request.id).header('content-type', 'application/json');
    if (found.stale) reply.header('warning', staleWarning);
    return hypervisorView(found.value);
  }
}
