import type { CommandContext } from '#kernel';
import type { ProviderHypervisor } from '#providers';
import { CommandExecutor } from '#runtime';
import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  conditionOf,
  hypervisor,
  hypervisorStream,
  type HypervisorCommand,
  type ServiceCondition,
} from '../../hypervisor/hypervisor.decider.js';
import type { Guest, Resources } from '../../hypervisor/hypervisor.events.js';
import type { HypervisorState } from '../../hypervisor/hypervisor.state.js';
import {
  hypervisorRegistry,
  hypervisorRegistryStream,
  maxSightings,
} from '../../hypervisor-registry/hypervisor-registry.decider.js';
import type { ServiceRef } from '../../hypervisor-registry/hypervisor-registry.events.js';
import type { HypervisorRegistry } from '../../hypervisor-registry/hypervisor-registry.state.js';
import { INVENTORY_CLOCK, type WaitingClock } from '../../inventory.settings.js';
import { derivedContext } from '../derived-context.js';
import { HypervisorLookups } from '../hypervisor-lookups.js';
import { DiscoveryMemory, summaryOf } from './discovery-memory.js';
import { Heartbeats } from './heartbeats.js';
import { countMissingGuests, type KnownHypervisor } from './known-hypervisors.js';
import type { Sighted } from './sightings.js';

/** Turns what a listing says of hypervisors into commands on the registry and on their streams. */
@Injectable()
export class HypervisorReports {
  private readonly logger = new Logger('Discovery');

  constructor(
    private readonly executor: CommandExecutor,
    private readonly lookups: HypervisorLookups,
    private readonly memory: DiscoveryMemory,
    private readonly heartbeats: Heartbeats,
    @Inject(INVENTORY_CLOCK) private readonly clock: WaitingClock,
  ) {}

  /** Gives ids and names to those that lack them or have others now; answers how many events came of it. */
  async enlist(sighted: readonly Sighted[], context: CommandContext): Promise<number> {
    const wanting = sighted.filter(({ sighting }) => {
      const known = this.memory.known.byUuid.get(sighting.uuid);
      return known?.listed !== true || !sameNames(known, sighting);
    });
    let events = 0;
    for (let from = 0; from < wanting.length; from += maxSightings) {
      const sightings = wanting.slice(from, from + maxSightings).map(({ sighting }) => sighting);
      const outcome = await this.executor.execute(
        hypervisorRegistry,
        hypervisorRegistryStream,
        { type: 'list', sightings, at: this.clock.now() },
        derivedContext(context, `list\n${String(from)}`),
        (registry) => sightings.map(({ uuid }) => entryOf(registry, uuid)),
      );
      if (outcome.kind === 'refused') throw new Error(`the registry of hypervisors is ${outcome.code}`);
      events += outcome.events.length;
      for (const entry of outcome.answer) if (entry !== undefined) this.learn(entry);
    }
    return events;
  }

  /** Registers what is new, and tells the stream what has changed; answers how many events came of it. */
  async report(
    sighted: Sighted,
    complete: boolean,
    guestsBefore: ReadonlySet<string> | undefined,
    context: CommandContext,
  ): Promise<number> {
    const { sighting, listed, fingerprint } = sighted;
    const known = this.memory.known.byUuid.get(sighting.uuid);
    if (known?.listed !== true || !sameNames(known, sighting)) {
      const { hypervisorHostname, serviceHost } = sighting;
      this.logger.warn(`${hypervisorHostname} on ${serviceHost}: another hypervisor has that name already`);
      return 0;
    }
    known.missed = 0;
    if (!known.registered) return this.run(known, await this.registration(known, listed), sighted, context);
    const there = new Set(listed.guests.map((guest) => guest.uuid));
    const goneGuests = complete ? countMissingGuests(known, guestsBefore ?? new Set(), there) : [];
    if (known.fingerprint === fingerprint && goneGuests.length === 0 && !known.vanished) return 0;
    const command: HypervisorCommand = {
      type: 'observe',
      hypervisorHostname: listed.hypervisorHostname,
      service: await this.service(listed.serviceHost),
      resources: resourcesOf(listed),
      guests: listed.guests.map(guestOf),
      goneGuests,
      at: this.clock.now(),
    };
    return this.run(known, command, sighted, context);
  }

  /** Its own stream first: after a stop in between both are asked again. */
  async vanish(known: KnownHypervisor, context: CommandContext): Promise<number> {
    const at = this.clock.now();
    let events = 0;
    if (known.registered && !known.vanished)
      events += await this.run(known, { type: 'vanish', at }, undefined, context);
    const outcome = await this.executor.execute(
      hypervisorRegistry,
      hypervisorRegistryStream,
      { type: 'delist', uuid: known.uuid, at },
      derivedContext(context, `delist\n${known.uuid}`),
    );
    if (outcome.kind === 'refused') throw new Error(`the registry of hypervisors is ${outcome.code}`);
    known.listed = false;
    return events + outcome.events.length;
  }

  private async run(
    known: KnownHypervisor,
    command: HypervisorCommand,
    sighted: Sighted | undefined,
    context: CommandContext,
  ): Promise<number> {
    const outcome = await this.executor.execute(
      hypervisor,
      hypervisorStream(known.uuid),
      command,
      derivedContext(context, `${command.type}\n${known.uuid}`),
      (state) => ({ ...summaryOf(state), fingerprint: takenIn(sighted, state) }),
    );
    if (outcome.kind === 'refused') throw new Error(`${known.hypervisorHostname} is ${outcome.code}`);
    Object.assign(known, outcome.answer);
    return outcome.events.length;
  }

  private async registration(known: KnownHypervisor, listed: ProviderHypervisor): Promise<HypervisorCommand> {
    const { uuid, number, provider, nativeId } = known;
    return {
      type: 'register',
      uuid,
      number,
      provider,
      nativeId,
      hypervisorHostname: listed.hypervisorHostname,
      service: await this.service(listed.serviceHost),
      condition: await this.condition(uuid, listed),
      alive: this.heartbeats.freshness(provider, listed.serviceHost, false).alive,
      resources: resourcesOf(listed),
      guests: listed.guests.map(guestOf),
      at: this.clock.now(),
    };
  }

  /** A service that is there already keeps its condition; a new one starts as the provider says. */
  private async condition(
    fresh: string,
    { serviceHost, initiallyDisabled }: ProviderHypervisor,
  ): Promise<ServiceCondition> {
    for (const { uuid } of await this.lookups.ofHost(serviceHost)) {
      if (uuid === fresh) continue;
      const condition = await this.executor.look(hypervisor, hypervisorStream(uuid), conditionOf);
      if (condition !== undefined) return condition;
    }
    return { enabled: initiallyDisabled === null, disabledReason: initiallyDisabled, forcedDown: false };
  }

  private async service(host: string): Promise<ServiceRef> {
    const found = await this.lookups.registry((registry) => registry.serviceByHost.get(host));
    if (found === undefined) throw new Error(`service ${host} was listed and is not there`);
    return { number: found.number, uuid: found.uuid, host };
  }

  private learn(entry: NonNullable<ReturnType<typeof entryOf>>): void {
    const former = this.memory.known.byUuid.get(entry.uuid);
    const { registered = false, alive = false, vanished = false, guests = new Set<string>() } = former ?? {};
    this.memory.known.set({ ...entry, registered, alive, vanished, guests });
  }
}

function entryOf(registry: Readonly<HypervisorRegistry>, uuid: string) {
  const found = registry.byUuid.get(uuid);
  return found === undefined ? undefined : { ...found };
}

/** What was not taken in yet, guests that were too many or were removed meanwhile, is to be compared again. */
function takenIn(sighted: Sighted | undefined, state: Readonly<HypervisorState>): string | undefined {
  const isWhole = sighted?.listed.guests.every(({ uuid }) => state?.guests.has(uuid)) === true;
  return isWhole ? sighted.fingerprint : undefined;
}

type Names = { readonly hypervisorHostname: string; readonly serviceHost: string };

function sameNames(a: Names, b: Names): boolean {
  return a.hypervisorHostname === b.hypervisorHostname && a.serviceHost === b.serviceHost;
}

/** Field by field: whatever else an adapter may say does not get into events. */
function resourcesOf(listed: ProviderHypervisor): Resources {
  const { type, version, hostIp, vcpus, memoryMb, localGb, diskAvailableLeastGb, cpuInfo } = listed;
  return { type, version, hostIp, vcpus, memoryMb, localGb, diskAvailableLeastGb, cpuInfo };
}

function guestOf({ uuid, name, vcpus, memoryMb, diskGb }: Guest): Guest {
  return { uuid, name, vcpus, memoryMb, diskGb };
}
