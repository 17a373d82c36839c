import { Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ModifyVm, ReturnVm } from '#pools';
import { ListPools } from '#projections/pools/pools.query';
import { GetVm } from '#projections/vms/vms.query';
import { answer, answerList, markStale } from './answer.js';
import { VmpoolerFace } from './face.js';
import { VmpoolerMetrics } from './metrics/vmpooler-metrics.js';
import { hostOf } from './requests/host.request.js';
import { judgeModification, modificationBody } from './requests/modification.request.js';
import { VmpoolerController, VmpoolerRoute } from './routing/vmpooler-route.decorator.js';
import { vmView } from './views/vm.view.js';
import { VmpoolerAuth } from './vmpooler-auth.js';
import { VmpoolerError } from './vmpooler-error.js';
import { asked } from './vmpooler-request.js';
import { errorOf } from './vmpooler.refusals.js';

/** Pools by name, and single machines (contracts/vmpooler §6). */
@VmpoolerController()
export class MachinesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly face: VmpoolerFace,
    private readonly auth: VmpoolerAuth,
    private readonly metrics: VmpoolerMetrics,
  ) {}

  @VmpoolerRoute('GET', '/vm')
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { value, stale } = await this.queries.execute(new ListPools());
    markStale(reply, stale);
    return answerList(
      request,
      reply,
      value.map(({ _id }) => _id),
    );
  }

  @VmpoolerRoute('GET', '/vm/:host')
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.metrics.httpRequestsVm('get', 'vm', 'hostname');
    const { version } = asked(request);
    const now = this.face.now();
    const { value, stale } = await this.queries.execute(new GetVm(hostOf(request, version), now));
    markStale(reply, stale);
    if (value === undefined) throw VmpoolerError.notFound();
    const { times, settings } = this.face;
    const { vmLifetimeHours, domain } = settings;
    return answer(request, reply, 200, vmView(value, version, { now, vmLifetimeHours, domain, times }));
  }

  /** Whether there is such a machine comes before everything about the body, and before the token. */
  @VmpoolerRoute('PUT', '/vm/:host')
  async modify(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.metrics.httpRequestsVm('put', 'vm', 'modify');
    const { version } = asked(request);
    const host = hostOf(request, version);
    const { value } = await this.queries.execute(new GetVm(host, this.face.now()));
    if (value === undefined) throw VmpoolerError.notFound();
    const { settings } = this.face;
    if (version === 1 || settings.strictOwnership) await this.auth.requireHolder(request);
    const body = modificationBody(request, version);
    if (Object.hasOwn(body, 'lifetime') && asked(request).holder === null) await this.auth.requireHolder(request);
    const { change, failures } = judgeModification(body, version, settings);
    if (failures.length > 0) throw VmpoolerError.failures(failures);
    const { lifetime, tags = {} } = change;
    if (lifetime !== undefined || Object.keys(tags).length > 0) {
      const context = this.face.context(request);
      const outcome = await this.commands.execute(new ModifyVm(context, host, change, asked(request).holder));
      if (outcome.kind === 'refused') throw errorOf(outcome);
    }
    return answer(request, reply, 200, [['ok', true]]);
  }

  /** A token is wanted only for a machine that was taken with one; any good one will do, unless ownership is strict. */
  @VmpoolerRoute('DELETE', '/vm/:host')
  async remove(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.metrics.httpRequestsVm('delete', 'vm', 'hostname');
    const host = hostOf(request, asked(request).version);
    await this.auth.noteHolder(request);
    const { holder } = asked(request);
    const outcome = await this.commands.execute(new ReturnVm(this.face.context(request), host, holder));
    if (outcome.kind === 'refused') {
      this.metrics.deleteFailed();
      throw errorOf(outcome);
    }
    this.metrics.deleteSuccess();
    this.metrics.user(holder?.userId ?? null, 'destroy', outcome.answer.pool);
    return answer(request, reply, 200, [['ok', true]]);
  }
}
