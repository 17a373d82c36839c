import { Controller, Get, HttpCode, Param, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiParam, ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ReadModelControl, type ReadModelAnswer, type ReadModelOrder } from '../../operations/read-model-control.js';
import { JsonBody, validated } from './json-body.js';
import { Access, LeasebookGuard } from './leasebook.guard.js';
import { LeasebookProblem, Problem } from './problem.js';
import { ProblemFilter } from './problem.filter.js';
import { readModelView, ReadModelsView } from './read-model.view.js';
import { Problems } from './responses.js';
import { NoBody } from './service.request.js';

const problems = {
  unknown: [404, 'read-model-unknown', 'There is no such read model.'],
  'not-parked': [409, 'read-model-not-parked', 'The read model does not stand still at an event.'],
  rebuilding: [409, 'read-model-busy', 'The read model is being rebuilt or tried again already.'],
} as const satisfies Record<Exclude<ReadModelAnswer, 'begun'>, readonly [number, string, string]>;

const orderProblems = {
  400: 'The body is not an empty JSON object',
  404: 'No such read model',
  409: 'It does not stand still at an event, or is being rebuilt or tried again already',
  415: 'The body is not JSON',
};

/** Read models are made from the log and can be made again; operators see how they stand and put them right. */
@Controller('leasebook/v1/read-models')
@UseGuards(LeasebookGuard)
@UseFilters(ProblemFilter)
@ApiTags('read models')
@ApiSecurity('token')
@ApiExtraModels(Problem)
export class ReadModelsController {
  constructor(private readonly control: ReadModelControl) {}

  @Get()
  @Access('admin')
  @ApiOperation({ summary: 'How each read model stands', operationId: 'listReadModels' })
  @ApiResponse({ status: 200, type: ReadModelsView, description: 'In order of their names' })
  @Problems({})
  list(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): ReadModelsView {
    reply.header('x-openstack-request-id', request.id).header('content-type', 'application/json');
    const readModels = this.control.status().map((status) => readModelView(status));
    return { readModels: readModels.sort((a, b) => (a.name < b.name ? -1 : 1)) };
  }

  @Post(':name/retry')
  @HttpCode(202)
  @Access('admin')
  @ApiOperation({ summary: 'Try the event again at which it stands still', operationId: 'retryReadModel' })
  @ApiParam({ name: 'name', example: 'aggregates' })
  @ApiResponse({ status: 202, description: 'Begun; the list shows what comes of it' })
  @Problems(orderProblems)
  retry(
    @Param('name') name: string,
    @JsonBody(validated) _body: NoBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    this.order(name, 'retry', request, reply);
  }

  @Post(':name/skip')
  @HttpCode(202)
  @Access('admin')
  @ApiOperation({
    summary: 'Leave out the event at which it stands still, and go on',
    description: 'In this version of the fold for good; a later version sees the event again.',
    operationId: 'skipInReadModel',
  })
  @ApiParam({ name: 'name', example: 'aggregates' })
  @ApiResponse({ status: 202, description: 'Begun; the list shows what comes of it' })
  @Problems(orderProblems)
  skip(
    @Param('name') name: string,
    @JsonBody(validated) _body: NoBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    this.order(name, 'skip', request, reply);
  }

  @Post(':name/rebuild')
  @HttpCode(202)
  @Access('admin')
  @ApiOperation({
    summary: 'Build it anew from the log, beside the live one, and swap it in',
    operationId: 'rebuildReadModel',
  })
  @ApiParam({ name: 'name', example: 'aggregates' })
  @ApiResponse({ status: 202, description: 'Begun; the list shows what comes of it' })
  @Problems(orderProblems)
  rebuild(
    @Param('name') name: string,
    @JsonBody(validated) _body: NoBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    this.order(name, 'rebuild', request, reply);
  }

  private order(name: string, order: ReadModelOrder, request: FastifyRequest, reply: FastifyReply): void {
    const answer = this.control.order(name, order);
    if (answer !== 'begun') throw problem(answer);
    reply.code(202).header('x-openstack-request-id', request.id).send();
  }
}

function problem(answer: keyof typeof problems): LeasebookProblem {
  const [status, code, detail] = problems[answer];
  return new LeasebookProblem(status, code, detail);
}
