import { Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { calendarDay } from '#pools';
import { BootAndCloneDays, TagDays } from '#projections/pool-days/pool-days.query';
import { answerText, markStale } from '../answer.js';
import { VmpoolerFace } from '../face.js';
import { VmpoolerController, VmpoolerRoute } from '../routing/vmpooler-route.decorator.js';
import { VmpoolerError } from '../vmpooler-error.js';
import { parameter } from '../vmpooler-request.js';
import { summaryText } from './summary-text.js';
import { dayRange, daysOf, type DayRange } from './summary.request.js';
import { summaryView, tagSummaryView, taskSummaryView, type Summary } from './summary.view.js';

/** What there was, day by day (contracts/vmpooler §7.3). */
@VmpoolerController()
export class SummaryController {
  constructor(
    private readonly queries: QueryBus,
    private readonly face: VmpoolerFace,
  ) {}

  @VmpoolerRoute('GET', '/summary')
  async whole(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const range = this.range(request);
    const [tasks, tags] = await Promise.all([this.tasks(reply, range), this.tags(reply, range)]);
    return this.send(request, reply, summaryView({ days: daysOf(range), tasks, tags }));
  }

  @VmpoolerRoute('GET', '/summary/:section')
  section(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.part(request, reply, undefined);
  }

  @VmpoolerRoute('GET', '/summary/:section/:part')
  half(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.part(request, reply, parameter(request, 'part'));
  }

  private async part(request: FastifyRequest, reply: FastifyReply, part: string | undefined): Promise<void> {
    const range = this.range(request);
    const section = parameter(request, 'section');
    const days = daysOf(range);
    switch (section) {
      case 'boot':
      case 'clone': {
        const tasks = await this.tasks(reply, range);
        return this.send(request, reply, taskSummaryView({ days, tasks, tags: [] }, section, part));
      }
      case 'tag': {
        const tags = await this.tags(reply, range, part);
        return this.send(request, reply, tagSummaryView({ days, tasks: [], tags }));
      }
      default:
        throw VmpoolerError.notFound();
    }
  }

  private range(request: FastifyRequest): DayRange {
    return dayRange(request.url, calendarDay(this.face.now(), this.face.settings.timeZone));
  }

  private async tasks(reply: FastifyReply, { from, to }: DayRange) {
    const { value, stale } = await this.queries.execute(new BootAndCloneDays(from, to));
    markStale(reply, stale);
    return value;
  }

  private async tags(reply: FastifyReply, { from, to }: DayRange, key?: string) {
    const { value, stale } = await this.queries.execute(new TagDays(from, to, key));
    markStale(reply, stale);
    return value;
  }

  private async send(request: FastifyRequest, reply: FastifyReply, summary: Summary): Promise<void> {
    return answerText(request, reply, 200, await summaryText(summary));
  }
}
