import { Inject } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { HypervisorUptimes } from '#inventory';
import {
  GetHypervisor,
  ListGuests,
  ListHypervisors,
  SearchHypervisors,
  SumHypervisors,
  type HypervisorDocument,
} from '#projections/hypervisors/hypervisors.query';
import { PublicUrls } from '../../auth/index.js';
import * as view from './hypervisor.view.js';
import { listRequest, nextPage, type ListRequest } from './hypervisor-list.request.js';
import { integerId, isUuidLike } from './ids.js';
import { since } from './microversions.js';
import { NovaFault } from './nova-fault.js';
import { NOVA_SETTINGS, type NovaSettings } from './nova.settings.js';
import type { NovaRequest } from './pipeline/nova-request.js';
import { Asked, NovaController, NovaRoute } from './routing/route.decorators.js';
import * as schemas from './schemas/hypervisors.schema.js';
import { isTruth } from './schemas/hypervisors.schema.js';

const rule = (name: string): string => `os_compute_api:os-hypervisors:${name}`;
const listQuery = [
  { from: since.hypervisorPaging, schema: schemas.pagingQuery },
  { from: since.hypervisorUuids, schema: schemas.listQuery },
];
const showQuery = [{ from: since.hypervisorUuids, schema: schemas.showQuery }];
const lastWithPatternRoutes = since.hypervisorUuids - 1;
const lastWithCapacity = since.uptimeInHypervisor - 1;

/** contracts/nova §6–§9. */
@NovaController()
export class HypervisorsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly urls: PublicUrls,
    @Inject(NOVA_SETTINGS) private readonly settings: NovaSettings,
  ) {}

  @NovaRoute('GET', '/os-hypervisors', { policy: rule('list'), query: listQuery })
  async list(@Asked() asked: NovaRequest): Promise<Buffer> {
    return this.page(asked, false);
  }

  @NovaRoute('GET', '/os-hypervisors/detail', { policy: rule('list-detail'), query: listQuery })
  async detail(@Asked() asked: NovaRequest): Promise<Buffer> {
    return this.page(asked, true);
  }

  @NovaRoute('GET', '/os-hypervisors/statistics', { policy: rule('statistics'), to: lastWithCapacity })
  async statistics(@Asked() asked: NovaRequest): Promise<Buffer> {
    const { value, stale } = await this.queries.execute(new SumHypervisors());
    asked.markStale(stale);
    return Buffer.from(view.hypervisorStatistics(value));
  }

  @NovaRoute('GET', '/os-hypervisors/:id', { policy: rule('show'), query: showQuery })
  async show(@Asked() asked: NovaRequest): Promise<Buffer> {
    const hypervisor = await this.find(asked);
    const withServers = asked.minor >= since.hypervisorUuids && isTruth(asked.query.with_servers?.at(-1));
    const form = await this.rowForm(asked.minor, true, view.serversForm(withServers, asked.minor), [hypervisor]);
    return Buffer.from(view.shownHypervisor(hypervisor, form));
  }

  @NovaRoute('GET', '/os-hypervisors/:id/uptime', { policy: rule('uptime'), to: lastWithCapacity })
  async uptime(@Asked() asked: NovaRequest): Promise<Buffer> {
    const hypervisor = await this.find(asked);
    if (!view.isUp(hypervisor))
      throw new NovaFault(400, `Compute service of ${hypervisor.service.host} is unavailable at this time.`);
    const uptimes = await this.queries.execute(new HypervisorUptimes([hypervisor._id]));
    const uptime = uptimes.get(hypervisor._id) ?? null;
    if (uptime === null) throw new NovaFault(501, 'The requested functionality is not supported.');
    return Buffer.from(view.hypervisorUptime(hypervisor, asked.minor, uptime));
  }

  @NovaRoute('GET', '/os-hypervisors/:pattern/search', { policy: rule('search'), to: lastWithPatternRoutes })
  async search(@Asked() asked: NovaRequest): Promise<Buffer> {
    return this.matching(asked, asked.parameter('pattern'), { isDetailed: false, servers: 'none' });
  }

  @NovaRoute('GET', '/os-hypervisors/:pattern/servers', { policy: rule('servers'), to: lastWithPatternRoutes })
  async servers(@Asked() asked: NovaRequest): Promise<Buffer> {
    return this.matching(asked, asked.parameter('pattern'), { isDetailed: false, servers: 'where-some' });
  }

  private async page(asked: NovaRequest, isDetailed: boolean): Promise<Buffer> {
    const { minor } = asked;
    const list = listRequest(minor < since.hypervisorPaging ? {} : asked.query, minor, this.settings.pageLimit);
    const servers = view.serversForm(list.withServers, minor);
    if (list.pattern !== undefined) return this.matching(asked, list.pattern, { isDetailed, servers });
    const rows = await this.rows(asked, list);
    const last = rows.at(-1);
    const isFull = minor >= since.hypervisorPaging && last !== undefined && rows.length === list.limit;
    const next = isFull
      ? this.link(asked, nextPage(asked.path, list, String(view.hypervisorId(last, minor))))
      : undefined;
    return Buffer.from(view.hypervisorPage(rows, await this.rowForm(minor, isDetailed, servers, rows), next));
  }

  private async rows(asked: NovaRequest, list: ListRequest): Promise<readonly HypervisorDocument[]> {
    if (asked.minor < since.hypervisorPaging) return this.everyRow(asked);
    const afterNumber = list.marker === undefined ? undefined : await this.numberOf(asked, list.marker);
    if (list.limit === 0) return [];
    return this.rowsAfter(asked, afterNumber, list.limit);
  }

  /** Before 2.33 there are no pages: the list is whole, however long. */
  private async everyRow(asked: NovaRequest): Promise<readonly HypervisorDocument[]> {
    const all: HypervisorDocument[] = [];
    let last: HypervisorDocument | undefined;
    do {
      const rows = await this.rowsAfter(asked, last?.number, this.settings.pageLimit);
      all.push(...rows);
      last = rows.length === this.settings.pageLimit ? rows.at(-1) : undefined;
    } while (last !== undefined);
    return all;
  }

  private async rowsAfter(
    asked: NovaRequest,
    afterNumber: number | undefined,
    limit: number,
  ): Promise<readonly HypervisorDocument[]> {
    const page = { limit, ...(afterNumber === undefined ? {} : { afterNumber }) };
    const { value, stale } = await this.queries.execute(new ListHypervisors(page));
    asked.markStale(stale);
    return value;
  }

  /** A marker is an integer id or a uuid, whatever the version. */
  private async numberOf(asked: NovaRequest, marker: string): Promise<number> {
    const id = isUuidLike(marker) ? { uuid: marker.toLowerCase() } : { number: integerId(marker) ?? 0 };
    const { value, stale } = await this.queries.execute(new GetHypervisor(id));
    asked.markStale(stale);
    if (value === undefined) throw new NovaFault(400, `marker [${marker}] not found`);
    return value.number;
  }

  private async matching(
    asked: NovaRequest,
    pattern: string,
    form: { readonly isDetailed: boolean; readonly servers: view.ServersForm },
  ): Promise<Buffer> {
    const { value: rows, stale } = await this.queries.execute(new SearchHypervisors(pattern));
    asked.markStale(stale);
    if (rows.length === 0) throw new NovaFault(404, `No hypervisor matching '${pattern}' could be found.`);
    const rowForm = await this.rowForm(asked.minor, form.isDetailed, form.servers, rows);
    return Buffer.from(view.hypervisorPage(rows, rowForm, undefined));
  }

  private async rowForm(
    minor: number,
    isDetailed: boolean,
    servers: view.ServersForm,
    rows: readonly HypervisorDocument[],
  ): Promise<view.RowForm> {
    const hasUptimes = isDetailed && minor >= since.uptimeInHypervisor;
    const uptimes = hasUptimes
      ? await this.queries.execute(new HypervisorUptimes(rows.map((row) => row._id)))
      : undefined;
    const guests = servers === 'none' ? undefined : await this.queries.execute(new ListGuests(rows));
    return { minor, isDetailed, servers, uptimes, guests };
  }

  private async find(asked: NovaRequest): Promise<HypervisorDocument> {
    const written = asked.parameter('id');
    const hasUuids = asked.minor >= since.hypervisorUuids;
    if (hasUuids && !isUuidLike(written)) throw new NovaFault(400, `Invalid uuid ${written}`);
    const id = hasUuids ? { uuid: written.toLowerCase() } : { number: integerId(written) ?? 0 };
    const { value, stale } = await this.queries.execute(new GetHypervisor(id));
    asked.markStale(stale);
    if (value === undefined) throw new NovaFault(404, `Hypervisor with ID '${written}' could not be found.`);
    return value;
  }

  private link(asked: NovaRequest, pathAndQuery: string): string {
    return `${this.urls.base(asked.http)}${pathAndQuery}`;
  }
}
