import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { QueryBus } from '@nestjs/cqrs';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ListPools } from '#projections/pools/pools.query';
import { CountQueues } from '#projections/vms/vms.query';
import { answer, answerText } from '../answer.js';
import { VMPOOLER_FACE_SETTINGS, type VmpoolerFaceSettings } from '../vmpooler.settings.js';
import { VmpoolerMetrics, type StockOfPool } from './vmpooler-metrics.js';

type Handler = (request: FastifyRequest, reply: FastifyReply) => void | Promise<void>;

/** `/healthcheck`, and the metrics at the configured path; with neither configured these are paths like any unknown one. */
@Injectable()
export class MetricsEndpoints implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly queries: QueryBus,
    private readonly metrics: VmpoolerMetrics,
    @Inject(VMPOOLER_FACE_SETTINGS) private readonly settings: Pick<VmpoolerFaceSettings, 'prometheus'>,
  ) {}

  onModuleInit(): void {
    this.metrics.stock = () => this.stock();
    if (this.settings.prometheus === null) return;
    this.serve('/healthcheck', (request, reply) => answer(request, reply, 200, [['ok', true]]));
    this.serve(this.settings.prometheus.path, async (request, reply) => {
      const { registry } = this.metrics;
      return answerText(request, reply, 200, await registry.metrics(), { 'content-type': registry.contentType });
    });
  }

  private serve(path: string, handler: Handler): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    for (const mount of ['', '/vmpooler'])
      for (const url of [`${mount}${path}`, `${mount}${path}/`])
        fastify.route({
          method: ['GET', 'HEAD'],
          url,
          handler: async (request, reply) => {
            await handler(request, reply);
            return reply;
          },
        });
  }

  private async stock(): Promise<ReadonlyMap<string, StockOfPool>> {
    const [pools, counts] = await Promise.all([
      this.queries.execute(new ListPools()),
      this.queries.execute(new CountQueues()),
    ]);
    return new Map(pools.value.map(({ _id }) => [_id, counts.value.get(_id) ?? { ready: 0, running: 0 }]));
  }
}
