import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { POOLS_SETTINGS, type PoolsSettings } from '#pools';
import { VMPOOLER_FACE_SETTINGS, type VmpoolerFaceSettings } from '../vmpooler.settings.js';
import { counters, gauges, histograms } from './metric-table.js';
import { isOfThisFace, pathLabel } from './path-label.js';

export const metricPrefix = 'vmpooler_';

/** Distinct users that are counted apart; whoever comes later is counted as `other`. */
const users = 1000;

/** So many machines of a pool, at the moment of asking. */
export interface StockOfPool {
  readonly ready: number;
  readonly running: number;
}

/** What became of a machine, from the log. */
export interface MachineMoment {
  readonly kind: 'clone' | 'ready' | 'destroy';
  readonly pool: string;
  readonly seconds: number;
}

/** One answered request; `route` is the router's pattern. */
export interface AnsweredRequest {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly milliseconds: number;
}

interface Series {
  readonly requests: Counter.Internal;
  readonly durations: Histogram.Internal<string>;
}

/**
 * vmpooler's own metrics, in a registry of their own. Labels are bounded: pools and aliases of the configuration
 * (`unknown` for what clients make up), a number of user ids, patterns of paths.
 */
@Injectable()
export class VmpoolerMetrics {
  readonly registry = new Registry();
  /** Asked when somebody reads the gauges. */
  stock: () => Promise<ReadonlyMap<string, StockOfPool>> = () => Promise.resolve(new Map());

  private readonly counters = mapped(counters, (name, [labelNames, help]) => {
    return new Counter<string>({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  });
  private readonly histograms = mapped(histograms, (name, [labelNames, help, buckets]) => {
    const options = { name, help, labelNames: [...labelNames], buckets: [...buckets] };
    return new Histogram<string>({ ...options, registers: [this.registry] });
  });
  private readonly names: ReadonlySet<string>;
  private readonly users = new Set<string>();
  /** By method, status and pattern: looked up, not labelled anew. */
  private readonly series = new Map<string, Series | 'not ours'>();

  constructor(
    @Inject(POOLS_SETTINGS) { pools }: Pick<PoolsSettings, 'pools'>,
    @Inject(VMPOOLER_FACE_SETTINGS) { instance }: Pick<VmpoolerFaceSettings, 'instance'>,
  ) {
    this.registry.setDefaultLabels({ vmpooler_instance: instance ?? 'vmpooler' });
    this.names = new Set(pools.flatMap(({ name, aliases }) => [name, ...aliases]));
    this.showStock('ready');
    this.showStock('running');
  }

  checkoutSuccess(pool: string, machines = 1): void {
    this.counters.checkout_success.inc({ poolname: this.poolname(pool) }, machines);
  }

  /** `name`: as asked for. */
  checkoutEmpty(name: string): void {
    this.counters.checkout_empty.inc({ poolname: this.poolname(name) });
  }

  checkoutInvalid(name: string): void {
    this.counters.checkout_invalid.inc({ poolname: this.poolname(name) });
  }

  checkoutNonresponsive(pool: string): void {
    this.counters.checkout_nonresponsive.inc({ poolname: this.poolname(pool) });
  }

  deleteSuccess(): void {
    this.counters.delete_success.inc();
  }

  deleteFailed(): void {
    this.counters.delete_failed.inc();
  }

  onDemandSuccess(): void {
    this.counters.ondemandrequest_generate_success.inc();
  }

  onDemandDuplicate(): void {
    this.counters.ondemandrequest_generate_duplicaterequests.inc();
  }

  onDemandTooMany(name: string): void {
    this.counters.ondemandrequest_fail_toomanyrequests.inc({ poolname: this.poolname(name) });
  }

  onDemandInvalid(name: string): void {
    this.counters.ondemandrequest_fail_invalid.inc({ poolname: this.poolname(name) });
  }

  configInvalid(name: string): void {
    this.counters.config_invalid.inc({ poolname: this.poolname(name) });
  }

  poolresetInvalid(name: string): void {
    this.counters.poolreset_invalid.inc({ poolname: this.poolname(name) });
  }

  /** Words of this server only, never of a client: `httpRequestsVm('get', 'vm', 'hostname')`. */
  httpRequestsVm(method: 'get' | 'post' | 'put' | 'delete', subpath: 'vm' | 'ondemand', operation: string): void {
    this.counters.http_requests_vm_total.inc({ method, subpath, operation });
  }

  /** `userId`: never a token; null: without one. */
  user(userId: string | null, operation: 'allocate' | 'destroy', pool: string): void {
    this.counters.user.inc({ user: this.userLabel(userId), operation, poolname: this.poolname(pool) });
  }

  observeMachine({ kind, pool, seconds }: MachineMoment): void {
    const histogram = kind === 'ready' ? this.histograms.time_to_ready_state : this.histograms[kind];
    histogram.observe({ poolname: this.poolname(pool) }, Math.max(0, seconds));
  }

  /** Of any request; those of other faces are passed over. */
  observeRequest({ method, route, status, milliseconds }: AnsweredRequest): void {
    const key = `${method} ${String(status)} ${route}`;
    let series = this.series.get(key);
    if (series === undefined) {
      series = isOfThisFace(route) ? this.seriesOf(method, route, status) : 'not ours';
      this.series.set(key, series);
    }
    if (series === 'not ours') return;
    series.requests.inc();
    series.durations.observe(milliseconds / 1000);
  }

  private seriesOf(method: string, route: string, status: number): Series {
    const labels = { method: method.toLowerCase(), path: pathLabel(route) };
    return {
      requests: this.counters.http_requests_total.labels({ ...labels, code: status }),
      durations: this.histograms.http_request_duration_seconds.labels(labels),
    };
  }

  private poolname(name: string): string {
    return this.names.has(name) ? name : 'unknown';
  }

  private userLabel(userId: string | null): string {
    if (userId === null) return 'unauthenticated';
    if (this.users.size < users) this.users.add(userId);
    return this.users.has(userId) ? userId : 'other';
  }

  private showStock(queue: keyof StockOfPool): void {
    const stock = async (): Promise<ReadonlyMap<string, StockOfPool>> => this.stock();
    new Gauge({
      name: `${metricPrefix}${queue}`,
      help: gauges[queue],
      labelNames: ['poolname'],
      registers: [this.registry],
      async collect() {
        const pools = await stock();
        this.reset();
        for (const [poolname, counts] of pools) this.set({ poolname }, counts[queue]);
      },
    });
  }
}

function mapped<Table extends Readonly<Record<string, readonly unknown[]>>, Metric>(
  table: Table,
  make: (name: string, row: Table[keyof Table]) => Metric,
): Readonly<Record<keyof Table, Metric>> {
  const rows = Object.entries(table) as [keyof Table & string, Table[keyof Table]][];
  return Object.fromEntries(rows.map(([name, row]) => [name, make(`${metricPrefix}${name}`, row)])) as Record<
    keyof Table,
    Metric
  >;
}
