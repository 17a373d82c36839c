import { Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { calendarDay } from '#pools';
import { BootAndCloneDays } from '#projections/pool-days/pool-days.query';
import { ListPools } from '#projections/pools/pools.query';
import { CountQueues } from '#projections/vms/vms.query';
import { answer, answerText, markStale } from '../answer.js';
import { VmpoolerFace } from '../face.js';
import { queryValue } from '../rack-query.js';
import { VmpoolerController, VmpoolerRoute } from '../routing/vmpooler-route.decorator.js';
import { asked } from '../vmpooler-request.js';
import { poolstatView, totalRunningView } from './poolstat.view.js';
import { StatusTexts } from './status-texts.js';
import { askedSections } from './status.request.js';

/** How the pools are now (contracts/vmpooler §7.1, §7.2). */
@VmpoolerController()
export class StatusController {
  private readonly startedAt: number;
  private readonly texts: StatusTexts;

  constructor(
    private readonly queries: QueryBus,
    private readonly face: VmpoolerFace,
  ) {
    this.startedAt = face.now();
    this.texts = new StatusTexts((at) => face.times.local(at));
  }

  @VmpoolerRoute('GET', '/status')
  async status(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const sections = askedSections(request.url);
    const now = this.face.now();
    const day = calendarDay(now, this.face.settings.timeZone);
    const [pools, counts, today] = await Promise.all([
      this.queries.execute(new ListPools()),
      this.queries.execute(new CountQueues()),
      this.queries.execute(new BootAndCloneDays(day, day)),
    ]);
    markStale(reply, pools.stale || counts.stale || today.stale);
    const uptime = Math.max(0, now - this.startedAt) / 1000;
    const facts = { pools: pools.value, counts: counts.value, today: today.value };
    return answerText(
      request,
      reply,
      200,
      this.texts.text(facts, { version: asked(request).version, sections, uptime }),
    );
  }

  @VmpoolerRoute('GET', '/poolstat')
  async poolstat(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const names = queryValue(request.url, 'pool') ?? '';
    const { pools, counts } = await this.stock(reply);
    return answer(request, reply, 200, poolstatView(pools, counts, names));
  }

  @VmpoolerRoute('GET', '/totalrunning')
  async totalRunning(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { pools, counts } = await this.stock(reply);
    return answer(request, reply, 200, totalRunningView(pools, counts));
  }

  private async stock(reply: FastifyReply) {
    const [pools, counts] = await Promise.all([
      this.queries.execute(new ListPools()),
      this.queries.execute(new CountQueues()),
    ]);
    markStale(reply, pools.stale || counts.stale);
    return { pools: pools.value, counts: counts.value };
  }
}
