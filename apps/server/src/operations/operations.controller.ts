import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Metrics } from './metrics.js';
import { READINESS, type Readiness } from './readiness.js';

/** For whoever runs the server: alive, ready, figures. No token; nothing in them is anybody's. */
@Controller()
export class OperationsController {
  constructor(
    private readonly metrics: Metrics,
    @Inject(READINESS) private readonly readiness: Readiness,
  ) {}

  /** 200 while the process answers at all. */
  @Get('healthz')
  healthz(@Res() reply: FastifyReply): void {
    reply.header('content-type', 'application/json').send('{"status":"ok"}');
  }

  /** 200 only when stores answer and read models have caught up; else 503 that names what is not. */
  @Get('readyz')
  async readyz(@Res() reply: FastifyReply): Promise<void> {
    const checks = await this.readiness.check();
    const ready = checks.every((check) => check.ready);
    reply
      .code(ready ? 200 : 503)
      .header('content-type', 'application/json')
      .send(JSON.stringify({ status: ready ? 'ready' : 'not ready', checks }));
  }

  @Get('metrics')
  async figures(@Res() reply: FastifyReply): Promise<void> {
    const text = await this.metrics.text();
    reply.header('content-type', this.metrics.registry.contentType).send(text);
  }
}
