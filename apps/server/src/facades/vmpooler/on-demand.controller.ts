import { Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DeleteOnDemandRequest, RequestOnDemandVms, type WantedVms } from '#pools';
import { GetOnDemandRequest } from '#projections/on-demand-requests/on-demand-requests.query';
import { answer, markStale } from './answer.js';
import { VmpoolerFace } from './face.js';
import { VmpoolerMetrics } from './metrics/vmpooler-metrics.js';
import { wishInBody, wishInPath, type OnDemandWish } from './requests/on-demand.request.js';
import { VmpoolerController, VmpoolerRoute } from './routing/vmpooler-route.decorator.js';
import { onDemandView } from './views/on-demand.view.js';
import { VmpoolerError } from './vmpooler-error.js';
import { asked, parameter } from './vmpooler-request.js';
import { errorOf, namesOf, requestUnknown } from './vmpooler.refusals.js';

/** Machines that are made when they are asked for (contracts/vmpooler §10). */
@VmpoolerController()
export class OnDemandController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly face: VmpoolerFace,
    private readonly metrics: VmpoolerMetrics,
  ) {}

  @VmpoolerRoute('POST', '/ondemandvm')
  byBody(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.metrics.httpRequestsVm('post', 'ondemand', 'requestid');
    return this.make(request, reply, wishInBody(request));
  }

  @VmpoolerRoute('POST', '/ondemandvm/*')
  byPath(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.metrics.httpRequestsVm('post', 'ondemand', 'templates');
    return this.make(request, reply, wishInPath(request));
  }

  @VmpoolerRoute('GET', '/ondemandvm/:id')
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.metrics.httpRequestsVm('get', 'ondemand', 'request');
    const id = parameter(request, 'id');
    const { value, stale } = await this.queries.execute(new GetOnDemandRequest(id, this.face.now()));
    markStale(reply, stale);
    if (value === undefined) throw requestUnknown(id);
    const { status, body } = onDemandView(id, value, asked(request).version, this.face.settings.domain);
    return answer(request, reply, status, body);
  }

  @VmpoolerRoute('DELETE', '/ondemandvm/:id')
  async remove(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.metrics.httpRequestsVm('delete', 'ondemand', 'request');
    const id = parameter(request, 'id');
    const outcome = await this.commands.execute(
      new DeleteOnDemandRequest(this.face.context(request), id, asked(request).holder),
    );
    if (outcome.kind === 'refused') throw errorOf(outcome);
    return answer(request, reply, 200, [
      ['ok', true],
      ...(outcome.answer.alreadyDeleted ? [['message', 'the request has already been deleted'] as const] : []),
    ]);
  }

  private async make(request: FastifyRequest, reply: FastifyReply, wish: OnDemandWish): Promise<void> {
    const wanted = this.positive(wish.wanted);
    const command = new RequestOnDemandVms(this.face.context(request), wanted, wish.requestId, asked(request).holder);
    const outcome = await this.commands.execute(command);
    if (outcome.kind === 'accepted') {
      this.metrics.onDemandSuccess();
      return answer(request, reply, 201, [
        ['ok', true],
        ['request_id', outcome.answer.requestId],
      ]);
    }
    if (outcome.code === 'names-unknown') throw this.unknownNames(namesOf(outcome));
    if (outcome.code === 'request-id-taken') this.metrics.onDemandDuplicate();
    if (outcome.code === 'too-many-instances') this.countTooMany(wanted);
    throw errorOf(outcome);
  }

  /** For what is not positive nothing is made, but the name must be one. */
  private positive(named: readonly WantedVms[]): readonly WantedVms[] {
    const unknown = named.filter(({ name }) => !this.face.isName(name));
    if (unknown.length > 0) throw this.unknownNames(unknown.map(({ name }) => name));
    return named.filter(({ count }) => count > 0);
  }

  private unknownNames(names: readonly string[]): VmpoolerError {
    for (const name of names) this.metrics.onDemandInvalid(name);
    return VmpoolerError.names(404, 'bad_templates', names);
  }

  private countTooMany(wanted: readonly WantedVms[]): void {
    const { maxOnDemandInstancesPerRequest } = this.face.settings;
    for (const { name, count } of wanted)
      if (count > maxOnDemandInstancesPerRequest) this.metrics.onDemandTooMany(name);
  }
}
