import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RequestFacts } from '../http/request-log.js';

/** Everything under `/metrics`. Labels are bounded: routes are patterns, streams are kinds. */
export class Metrics {
  readonly registry = new Registry();

  readonly requests = new Histogram({
    name: 'leasebook_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [this.registry],
  });

  readonly events = new Counter({
    name: 'leasebook_events_appended_total',
    help: 'Events that are durable in the log, by kind of stream',
    labelNames: ['aggregate'] as const,
    registers: [this.registry],
  });

  readonly conflicts = new Counter({
    name: 'leasebook_append_conflicts_total',
    help: 'Appends that met another writer and were decided again',
    labelNames: ['aggregate'] as const,
    registers: [this.registry],
  });

  readonly lag = new Gauge({
    name: 'leasebook_projection_position',
    help: 'Position that a read model has reached',
    labelNames: ['projection'] as const,
    registers: [this.registry],
  });

  readonly parked = new Gauge({
    name: 'leasebook_projection_parked',
    help: '1 while a read model stands still at an event that its fold refuses',
    labelNames: ['projection'] as const,
    registers: [this.registry],
  });

  readonly processFailures = new Counter({
    name: 'leasebook_process_failures_total',
    help: 'Reactions of a process that failed, by what was answered',
    labelNames: ['process', 'answer'] as const,
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  observeRequest(facts: RequestFacts): void {
    this.requests.observe(
      { method: facts.method, route: facts.route, status: facts.status },
      facts.milliseconds / 1000,
    );
  }
}
