import { Inject, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ListPools } from '#projections/pools/pools.query';
import { CountQueues } from '#projections/vms/vms.query';
import { answer, answerText, markStale } from '../answer.js';
import { queryValue } from '../rack-query.js';
import { VmpoolerController, VmpoolerRoute } from '../routing/vmpooler-route.decorator.js';
import { VMPOOLER_FACE_SETTINGS, type VmpoolerFaceSettings } from '../vmpooler.settings.js';
import { dashboardPage, pagePolicy } from './dashboard-page.view.js';
import { poolStatsView, runningStatsView } from './dashboard.view.js';

/** A page about the pools, and the figures that vmpooler's own page asks for (contracts/vmpooler §7.5). */
@VmpoolerController()
export class DashboardController {
  constructor(
    private readonly queries: QueryBus,
    @Inject(VMPOOLER_FACE_SETTINGS) private readonly settings: VmpoolerFaceSettings,
  ) {}

  @VmpoolerRoute('GET', '/dashboard')
  async page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { pools, counts } = await this.stock(reply);
    const title = this.settings.siteName ?? 'vmpooler';
    return answerText(request, reply, 200, dashboardPage(title, pools, counts), {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': pagePolicy,
    });
  }

  @VmpoolerRoute('GET', '/dashboard/stats/vmpooler/pool')
  async poolStats(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { pools, counts } = await this.stock(reply);
    const history = (queryValue(request.url, 'history') ?? null) !== null;
    return answer(request, reply, 200, poolStatsView(pools, counts, history));
  }

  @VmpoolerRoute('GET', '/dashboard/stats/vmpooler/running')
  async runningStats(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { pools, counts } = await this.stock(reply);
    return answer(request, reply, 200, runningStatsView(pools, counts));
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
