import { PlaceGuest, RemoveGuest, type PlacedGuest } from '#inventory';
import type { Refused } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { PendingVm, Supply } from '../../pool/pool.looks.js';
import type { VmPlan } from '../../pool/pool.events.js';
import { POOLS_SETTINGS, POOLS_WORLD, type PoolsSettings, type PoolsWorld } from '../../pools.settings.js';
import { ownerOf, vmName, vmNameStream } from '../../vm-name/vm-name.aggregate.js';
import { mostNameTries, vmNameFor } from '../names/vm-names.policy.js';
import { PoolDecisions, unlessBusy } from '../pool-decisions.js';
import { VmProviders } from '../providers/vm-providers.js';
import { patienceMs } from '../rules.policy.js';
import { Unborn } from './unborn.js';

/** `too-late`: nobody wants the machine any more, or another was faster with the name. */
export type Born =
  | { readonly kind: 'born'; readonly vm: PendingVm }
  | { readonly kind: 'not-born'; readonly why: 'no-room' | 'no-name' | 'too-late'; readonly message: string };

type Attempt = Born | 'name-taken';

/**
 * Brings a new machine into the log: a free name, room on a hypervisor, the claim on the name, the wish. What a stop in
 * between leaves, the process `vmPlacement` clears away (docs/reasons/wishes-for-machines.md).
 */
@Injectable()
export class NewMachines {
  readonly unborn = new Unborn();
  /** Of this process, on their way. */
  private readonly names = new Set<string>();

  constructor(
    private readonly executor: CommandExecutor,
    private readonly commands: CommandBus,
    private readonly decisions: PoolDecisions,
    private readonly providers: VmProviders,
    @Inject(POOLS_SETTINGS) private readonly settings: PoolsSettings,
    @Inject(POOLS_WORLD) private readonly world: PoolsWorld,
  ) {}

  async make(supply: Supply, vmId: string, request: string | null): Promise<Born> {
    const pool = supply.settings.name;
    this.unborn.add(pool, request, vmId);
    try {
      for (let attempt = 0; attempt < mostNameTries; attempt += 1) {
        const name = vmNameFor(this.settings.prefix, attempt, this.world);
        if (this.names.has(name)) continue;
        this.names.add(name);
        try {
          const born = await this.under(name, supply, vmId, request);
          if (born !== 'name-taken') return born;
        } finally {
          this.names.delete(name);
        }
      }
      return { kind: 'not-born', why: 'no-name', message: 'no free name was found' };
    } finally {
      this.unborn.remove(pool, request, vmId);
    }
  }

  /** Undoes a place and a claim that no wish has followed. Again: no effect. */
  async undo(name: string, vmId: string, hypervisorUuid: string): Promise<void> {
    const context = this.decisions.context();
    unlessBusy(
      await this.executor.execute(vmName, vmNameStream(name), { type: 'release', vmId, at: context.time }, context),
    );
    unlessBusy(await this.commands.execute(new RemoveGuest(this.decisions.context(), hypervisorUuid, vmId)));
  }

  private async under(name: string, supply: Supply, vmId: string, request: string | null): Promise<Attempt> {
    const stream = vmNameStream(name);
    if ((await this.executor.look(vmName, stream, ownerOf)) !== undefined) return 'name-taken';
    const placedAt = this.world.now();
    const placed = await this.place(name, supply, vmId);
    if ('message' in placed) return { kind: 'not-born', why: 'no-room', message: placed.message };
    if (!this.providers.has(placed.provider)) {
      await this.undo(name, vmId, placed.hypervisorUuid);
      return { kind: 'not-born', why: 'no-room', message: `there is no provider ${placed.provider}` };
    }
    const at = this.world.now();
    const claim = await this.executor.execute(
      vmName,
      stream,
      { type: 'claim', name, pool: supply.settings.name, vmId, at },
      this.decisions.context(),
      (state) => state.generation,
    );
    if (claim.kind === 'refused') {
      await this.undo(name, vmId, placed.hypervisorUuid);
      return { kind: 'not-born', why: 'too-late', message: claim.code };
    }
    const born = await this.wish(planFor(supply, name, vmId, claim.answer, placed), supply.settings.name, request);
    // A wish that came later may have lost place and name to the process `vmPlacement`.
    if (born.kind !== 'born' || this.world.now() - placedAt <= patienceMs(this.settings) / 10) return born;
    return this.giveUp(supply.settings.name, name, vmId);
  }

  private async place(name: string, { settings }: Supply, vmId: string): Promise<PlacedGuest | { message: string }> {
    const { hostAggregate, hosts, provider, vcpus, memoryMb, diskGb } = settings;
    const candidates = hostAggregate === null ? { hosts } : { aggregate: hostAggregate };
    const guest = { uuid: vmId, name, vcpus, memoryMb, diskGb };
    const owner = { kind: 'pool' as const, id: settings.name };
    const outcome = await this.commands.execute(
      new PlaceGuest(this.decisions.context(), candidates, provider, guest, owner),
    );
    if (outcome.kind === 'accepted') return outcome.answer;
    return { message: `no room for a machine: ${reasonOf(outcome)}` };
  }

  private async wish(vm: VmPlan, pool: string, request: string | null): Promise<Born> {
    const { name, vmId, placement } = vm;
    const at = this.world.now();
    const counted = (): void => {
      this.unborn.remove(pool, request, vmId);
    };
    const wished = await this.decisions.execute(pool, { type: 'request-vm', vm, request, at }, counted);
    if (wished.kind === 'refused') {
      await this.undo(name, vmId, placement.hypervisorUuid);
      return { kind: 'not-born', why: 'too-late', message: wished.code };
    }
    const [event] = wished.events;
    const timeoutAt = event?.type === 'VmRequested' ? event.data.timeoutAt : at;
    return { kind: 'born', vm: { name, vmId, placement, request, requestedAt: at, clonedAt: null, timeoutAt } };
  }

  private async giveUp(pool: string, name: string, vmId: string): Promise<Born> {
    const message = 'its wish took too long';
    const failure = { type: 'note-clone-failed', name, vmId, message, permanent: false } as const;
    unlessBusy(await this.decisions.execute(pool, { ...failure, at: this.world.now() }));
    return { kind: 'not-born', why: 'too-late', message };
  }
}

function planFor(supply: Supply, name: string, vmId: string, generation: number, placement: PlacedGuest): VmPlan {
  const { template, cloneTarget, domain, settings } = supply;
  const { vcpus, memoryMb, diskGb } = settings;
  return { name, vmId, generation, placement, template, cloneTarget, domain, vcpus, memoryMb, diskGb };
}

/** Hosts named in a message. */
const mostNamed = 5;

function reasonOf({ code, facts }: Refused): string {
  const { candidates = [] } = facts as {
    readonly candidates?: readonly { readonly host: string; readonly why: string }[];
  };
  const named = candidates.slice(0, mostNamed).map(({ host, why }) => `${host} ${why}`);
  const more = candidates.length > mostNamed ? [`${String(candidates.length - mostNamed)} more`] : [];
  return [code, ...named, ...more].join(', ');
}
