import { Inject, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OverridePools, ResetPoolOverride, ResetPools } from '#pools';
import { ListPools, type PoolDocument } from '#projections/pools/pools.query';
import { answer, markStale } from '../answer.js';
import { VmpoolerFace } from '../face.js';
import { VmpoolerMetrics } from '../metrics/vmpooler-metrics.js';
import { VmpoolerController, VmpoolerRoute } from '../routing/vmpooler-route.decorator.js';
import { VmpoolerError } from '../vmpooler-error.js';
import { parameter } from '../vmpooler-request.js';
import { errorOf } from '../vmpooler.refusals.js';
import { VMPOOLER_FACE_SETTINGS, type VmpoolerFaceSettings } from '../vmpooler.settings.js';
import { fullConfigurationView } from './full-configuration.view.js';
import { byPool, cloneTargets, poolNames, sizes, templates, type ByPool } from './pool-configuration.request.js';
import { poolConfigurationView, resetView } from './pool-configuration.view.js';

type Overrides = OverridePools['overrides'];

/** How the pools are configured, and changes of that which outlast a restart (contracts/vmpooler §8). */
@VmpoolerController()
export class PoolConfigurationController {
  constructor(
    private readonly queries: QueryBus,
    private readonly commands: CommandBus,
    private readonly face: VmpoolerFace,
    private readonly metrics: VmpoolerMetrics,
    @Inject(VMPOOLER_FACE_SETTINGS) private readonly settings: VmpoolerFaceSettings,
  ) {}

  @VmpoolerRoute('GET', '/config')
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const pools = await this.pools(reply);
    if (pools.length === 0) throw VmpoolerError.notFound();
    return answer(request, reply, 200, poolConfigurationView(pools));
  }

  @VmpoolerRoute('GET', '/full_config')
  async showAll(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const pools = await this.pools(reply);
    return answer(request, reply, 200, fullConfigurationView(this.face.settings, this.settings, pools));
  }

  @VmpoolerRoute('POST', '/config/poolsize')
  async overrideSizes(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { values, wrong } = sizes(this.given(request), await this.isPool(reply));
    this.refuse(wrong, 'not_configured');
    return this.override(request, reply, { setting: 'size', values });
  }

  @VmpoolerRoute('POST', '/config/pooltemplate')
  async overrideTemplates(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { values, wrong } = templates(this.given(request), await this.isPool(reply));
    this.refuse(wrong, 'bad_templates');
    return this.override(request, reply, { setting: 'template', values });
  }

  @VmpoolerRoute('POST', '/config/clonetarget')
  async overrideCloneTargets(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { values, wrong } = cloneTargets(this.given(request), await this.isPool(reply));
    this.refuse(wrong, 'bad_templates');
    return this.override(request, reply, { setting: 'cloneTarget', values });
  }

  @VmpoolerRoute('DELETE', '/config/poolsize/:pool')
  resetSize(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.reset(request, reply, 'size');
  }

  @VmpoolerRoute('DELETE', '/config/pooltemplate/:pool')
  resetTemplate(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.reset(request, reply, 'template');
  }

  @VmpoolerRoute('POST', '/poolreset')
  async resetPools(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const given = byPool(request);
    if (given === undefined) this.metrics.poolresetInvalid('unknown');
    const { values, wrong } = poolNames(named(given), await this.isPool(reply));
    for (const name of wrong) this.metrics.poolresetInvalid(name);
    if (wrong.length > 0) throw VmpoolerError.names(400, 'bad_pools', wrong);
    const outcome = await this.commands.execute(new ResetPools(this.face.context(request), [...values.keys()]));
    if (outcome.kind === 'refused') throw errorOf(outcome);
    return answer(request, reply, 201, [['ok', true]]);
  }

  private given(request: FastifyRequest): ByPool {
    const given = byPool(request);
    if (given === undefined) this.metrics.configInvalid('unknown');
    return named(given);
  }

  private refuse(wrong: readonly string[], key: 'not_configured' | 'bad_templates'): void {
    for (const name of wrong) this.metrics.configInvalid(name);
    if (wrong.length > 0) throw VmpoolerError.names(400, key, wrong);
  }

  private async override(request: FastifyRequest, reply: FastifyReply, overrides: Overrides): Promise<void> {
    const outcome = await this.commands.execute(new OverridePools(this.face.context(request), overrides));
    if (outcome.kind === 'refused') throw errorOf(outcome);
    return answer(request, reply, outcome.answer.changed ? 201 : 200, [['ok', true]]);
  }

  private async reset(request: FastifyRequest, reply: FastifyReply, setting: 'size' | 'template'): Promise<void> {
    const name = parameter(request, 'pool');
    const pool = (await this.pools(reply)).find(({ _id }) => _id === name);
    if (pool === undefined) {
      this.metrics.configInvalid('unknown');
      throw VmpoolerError.notFound();
    }
    const outcome = await this.commands.execute(new ResetPoolOverride(this.face.context(request), name, setting));
    if (outcome.kind === 'refused') throw errorOf(outcome);
    const configured = pool.settings[setting];
    const before = outcome.answer.before ?? { reset: configured, overrides: configured };
    const status = before.reset === before.overrides ? 200 : 201;
    return answer(request, reply, status, resetView(setting, before));
  }

  private async pools(reply: FastifyReply): Promise<readonly PoolDocument[]> {
    const { value, stale } = await this.queries.execute(new ListPools());
    markStale(reply, stale);
    return value;
  }

  /** Aliases are not configured: only a pool's own name will do. */
  private async isPool(reply: FastifyReply): Promise<(name: string) => boolean> {
    const names = new Set((await this.pools(reply)).map(({ _id }) => _id));
    return (name) => names.has(name);
  }
}

/** `null` in place of pools. */
function named(given: ByPool | undefined): ByPool {
  if (given === undefined) throw VmpoolerError.notFound();
  return given;
}
