import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RequestFacts } from '../http/request-log.js';

/** Figures of a face in a registry of its own. */
export interface OwnMetrics {
  readonly registry: Registry;
  observeRequest(facts: RequestFacts): void;
}

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

  readonly events = this.counter('leasebook_events_appended_total', 'Events that are durable in the log', [
    'aggregate',
  ]);
  readonly commands = this.counter('leasebook_commands_total', 'Commands whose events are durable', ['aggregate']);
  readonly conflicts = this.counter('leasebook_append_conflicts_total', 'Appends that met another writer', [
    'aggregate',
  ]);
  readonly processFailures = this.counter('leasebook_process_failures_total', 'Failed reactions', [
    'process',
    'answer',
  ]);
  readonly interruptions = this.counter('leasebook_interruptions_total', 'Subscriptions that had to begin anew', [
    'name',
  ]);
  readonly frozen = this.gauge('leasebook_streams_frozen', 'Streams that wait to learn the outcome of an append', []);
  readonly parkedStreams = this.counter(
    'leasebook_streams_parked_total',
    'Streams with an event that cannot be folded',
    [],
  );
  readonly positions = this.gauge('leasebook_projection_position', 'Position that a read model has reached', [
    'projection',
  ]);
  readonly parked = this.gauge('leasebook_parked', '1 while a read model or process stands still at an event', [
    'name',
  ]);

  /** One for each route and status: looked up, not labelled anew. */
  private readonly series = new Map<string, ReturnType<typeof this.requests.labels>>();

  private readonly others: OwnMetrics[] = [];

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  observeRequest(facts: RequestFacts): void {
    const key = `${facts.method} ${facts.route} ${String(facts.status)}`;
    let series = this.series.get(key);
    if (series === undefined) {
      series = this.requests.labels({ method: facts.method, route: facts.route, status: facts.status });
      this.series.set(key, series);
    }
    series.observe(facts.milliseconds / 1000);
    for (const other of this.others) other.observeRequest(facts);
  }

  /** They are told of every request, and served with these. */
  add(other: OwnMetrics): void {
    this.others.push(other);
  }

  /** In the text format of Prometheus. */
  async text(): Promise<string> {
    const texts = await Promise.all([this, ...this.others].map(({ registry }) => registry.metrics()));
    return texts.join('\n');
  }

  private counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  private gauge<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Gauge<Label> {
    return new Gauge({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }
}
