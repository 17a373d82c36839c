import { Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CheckOutVms, type PoolHolder, type TakenVms, type WantedVms } from '#pools';
import { answer } from './answer.js';
import { VmpoolerFace } from './face.js';
import { VmpoolerMetrics } from './metrics/vmpooler-metrics.js';
import { wantedInBody, wantedInPath } from './requests/checkout.request.js';
import { VmpoolerController, VmpoolerRoute } from './routing/vmpooler-route.decorator.js';
import { checkoutView, fencingTokens } from './views/checkout.view.js';
import { asked } from './vmpooler-request.js';
import { errorOf, namesOf } from './vmpooler.refusals.js';

/** Machines are taken, all that were asked for or none (contracts/vmpooler §5). */
@VmpoolerController()
export class CheckoutsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly face: VmpoolerFace,
    private readonly metrics: VmpoolerMetrics,
  ) {}

  @VmpoolerRoute('POST', '/vm')
  byBody(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.metrics.httpRequestsVm('post', 'vm', 'checkout');
    return this.checkOut(request, reply, wantedInBody(request, asked(request).version));
  }

  @VmpoolerRoute('POST', '/vm/*')
  byPath(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.metrics.httpRequestsVm('post', 'vm', 'template');
    return this.checkOut(request, reply, wantedInPath(request));
  }

  private async checkOut(request: FastifyRequest, reply: FastifyReply, wanted: readonly WantedVms[]): Promise<void> {
    const { version, holder } = asked(request);
    const taken = await this.take(request, wanted, holder);
    const body = checkoutView(version, taken, this.face.settings.domain);
    return answer(request, reply, 200, body, fencingTokens(taken));
  }

  private async take(
    request: FastifyRequest,
    wanted: readonly WantedVms[],
    holder: PoolHolder | null,
  ): Promise<readonly TakenVms[]> {
    const outcome = await this.commands.execute(new CheckOutVms(this.face.context(request), wanted, holder));
    if (outcome.kind === 'refused') {
      if (outcome.code === 'names-unknown') for (const name of namesOf(outcome)) this.metrics.checkoutInvalid(name);
      else for (const { name } of wanted) this.metrics.checkoutEmpty(name);
      throw errorOf(outcome);
    }
    for (const { vms } of outcome.answer.taken)
      for (const { pool } of vms) {
        this.metrics.checkoutSuccess(pool);
        this.metrics.user(holder?.userId ?? null, 'allocate', pool);
      }
    return outcome.answer.taken;
  }
}
