import { Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AddDisk, RevertVm, SnapshotVm } from '#pools';
import { answer } from './answer.js';
import { VmpoolerFace } from './face.js';
import { fields } from './json-text.js';
import { VmpoolerMetrics } from './metrics/vmpooler-metrics.js';
import { diskSizeOf, hostOf, shortName } from './requests/host.request.js';
import { VmpoolerController, VmpoolerRoute } from './routing/vmpooler-route.decorator.js';
import { diskText } from './views/vm.view.js';
import { asked, parameter } from './vmpooler-request.js';
import { errorOf } from './vmpooler.refusals.js';

/** What is done to machines in the background: disks and snapshots (contracts/vmpooler §6.5). */
@VmpoolerController()
export class MachineTasksController {
  constructor(
    private readonly commands: CommandBus,
    private readonly face: VmpoolerFace,
    private readonly metrics: VmpoolerMetrics,
  ) {}

  @VmpoolerRoute('POST', '/vm/:host/disk/:size')
  async addDisk(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.metrics.httpRequestsVm('post', 'vm', 'disksize');
    const { version, holder } = asked(request);
    const host = hostOf(request, version);
    const gb = diskSizeOf(request, version);
    const outcome = await this.commands.execute(new AddDisk(this.face.context(request), host, gb, holder));
    if (outcome.kind === 'refused') throw errorOf(outcome);
    return answer(request, reply, 202, [
      ['ok', true],
      [host, fields([['disk', diskText(gb)]])],
    ]);
  }

  @VmpoolerRoute('POST', '/vm/:host/snapshot')
  async snapshot(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.metrics.httpRequestsVm('post', 'vm', 'snapshot');
    const host = shortName(parameter(request, 'host'));
    const outcome = await this.commands.execute(
      new SnapshotVm(this.face.context(request), host, asked(request).holder),
    );
    if (outcome.kind === 'refused') throw errorOf(outcome);
    return answer(request, reply, 202, [
      ['ok', true],
      [host, fields([['snapshot', outcome.answer.snapshotId]])],
    ]);
  }

  @VmpoolerRoute('POST', '/vm/:host/snapshot/:snapshot')
  async revert(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.metrics.httpRequestsVm('post', 'vm', 'revert');
    const host = shortName(parameter(request, 'host'));
    const snapshotId = parameter(request, 'snapshot');
    const outcome = await this.commands.execute(
      new RevertVm(this.face.context(request), host, snapshotId, asked(request).holder),
    );
    if (outcome.kind === 'refused') throw errorOf(outcome);
    return answer(request, reply, 202, [['ok', true]]);
  }
}
