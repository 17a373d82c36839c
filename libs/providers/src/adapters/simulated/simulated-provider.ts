import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '#kernel';
import { LRUCache } from 'lru-cache';
import {
  ProviderError,
  type GuestListing,
  type Heartbeat,
  type Listing,
  type Provider,
  type ProviderCall,
  type VmCondition,
  type VmListing,
  type VmSpec,
} from '../../port.js';
import { dice } from './dice.js';
import { SimulatedControl, type SimulatedOperation } from './simulated-control.js';
import { SimulatedGuests } from './simulated-guests.js';
import type { RunningHost, SimulatedHost } from './simulated-host.js';
import { SimulatedImages } from './simulated-images.js';
import { noJournal, nothingKept, type SimulatedJournal } from './simulated-journal.js';
import { clonedVm, conditionOf, ipOf, type SimulatedVm } from './simulated-vm.js';
import { SimulatedVms } from './simulated-vms.js';
import { VmFile } from './vm-file.js';

export interface Span {
  readonly min: number;
  readonly max: number;
}

export interface SimulatedVmOptions {
  /** How long a clone takes, beside `latencyMs`. Default: no time. */
  readonly cloneMs?: Span;
  /** From the end of the clone until the VM answers. Default: no time. */
  readonly bootMs?: Span;
  /** 0 … 1: so many clones fail in a way that may be tried again. Default: 0. */
  readonly failureRate?: number;
  /** Templates that are there; others fail for good. Default: any name is a template. */
  readonly templates?: readonly string[];
  /** Templates of which no clone ever succeeds. */
  readonly permanentTemplates?: readonly string[];
}

export interface SimulatedOptions {
  /** Default: `simulated`. */
  readonly name?: string;
  readonly hosts: readonly SimulatedHost[];
  readonly clock: Clock;
  /** The same seed gives the same failures and latencies for the same calls. Default: 1. */
  readonly seed?: number;
  /** 0 … 1: so many calls fail in a way that may be tried again. Default: 0. */
  readonly failureRate?: number;
  /** How long a call takes. Default: no time. */
  readonly latencyMs?: Span;
  readonly vms?: SimulatedVmOptions;
  /** Keeps VMs, guests and images over restarts: what was acknowledged is there again. Default: they are gone with the process. */
  readonly stateFile?: string;
  /** Told when the state file could not be read. */
  readonly onNotice?: (text: string) => void;
  readonly sleep?: (ms: number) => Promise<void>;
}

/** Request ids recognised again: the oldest are forgotten first. */
const requestsRemembered = 100_000;
/** Of one VM: snapshots, disks, reverts and requests that are kept. */
const keptOfEach = 1_000;

/** Machines that exist only here: the default provider, and the one of the tests. */
export class SimulatedProvider implements Provider {
  readonly name: string;
  readonly control: SimulatedControl;
  private readonly random: () => number;
  private readonly done = new LRUCache<string, true>({ maxSize: requestsRemembered, sizeCalculation: () => 1 });
  private readonly journal: SimulatedJournal;
  private readonly vms: SimulatedVms;
  private readonly guests: SimulatedGuests;
  private readonly images: SimulatedImages;
  private closed = false;

  constructor(private readonly options: SimulatedOptions) {
    this.name = options.name ?? 'simulated';
    this.random = dice(options.seed ?? 1);
    const { stateFile, onNotice = () => undefined } = options;
    const kept = stateFile === undefined ? { journal: noJournal, rows: nothingKept } : VmFile.open(stateFile, onNotice);
    this.journal = kept.journal;
    this.vms = new SimulatedVms(kept.journal, kept.rows.vms);
    this.guests = new SimulatedGuests(kept.journal, kept.rows.guests);
    this.images = new SimulatedImages(kept.journal, kept.rows.images);
    this.control = new SimulatedControl(options.clock, this.vms, this.guests, this.images);
    for (const host of options.hosts) this.control.addHost(host);
  }

  async createVm(spec: VmSpec, call: ProviderCall): Promise<{ readonly ip: string | null }> {
    const spent = await this.work('createVm', call);
    this.answeringHost(spec.hypervisor);
    const vm = this.vms.get(spec.vmId) ?? this.startClone(spec);
    const left = vm.clonedAt - this.options.clock.now();
    if (left > 0) {
      await this.pass(left, call.timeoutMs - spent, 'createVm');
      if (this.vms.get(vm.vmId) !== vm) throw new ProviderError('permanent', `${spec.name} was destroyed meanwhile`);
      // A clock that was set back must not hide what is acknowledged now.
      vm.clonedAt = Math.min(vm.clonedAt, this.options.clock.now());
    }
    await this.journal.written();
    return { ip: ipOf(vm.name) };
  }

  async inspectVm(vmId: string, call: ProviderCall): Promise<VmCondition | null> {
    await this.work('inspectVm', call);
    const vm = this.answering(vmId);
    return vm === undefined ? null : conditionOf(vm, this.options.clock.now());
  }

  async listVms(pool: string, call: ProviderCall): Promise<VmListing> {
    await this.work('listVms', call);
    const without = this.control.takePartial('vms');
    const vms = [];
    for (const { vmId, name, hypervisor } of this.vms.inPool(pool)) {
      if (this.control.seen(vmId) === undefined || without?.includes(vmId) === true) continue;
      vms.push({ vmId, name, pool, hypervisor });
    }
    return { complete: without === undefined, vms };
  }

  async destroyVm(vmId: string, call: ProviderCall): Promise<void> {
    await this.work('destroyVm', call);
    this.answering(vmId);
    this.vms.remove(vmId);
    await this.journal.written();
  }

  async snapshotVm(vmId: string, snapshotId: string, call: ProviderCall): Promise<void> {
    await this.work('snapshotVm', call);
    await this.once(vmId, call, ({ snapshots }) => {
      if (snapshots.includes(snapshotId)) return;
      if (snapshots.length >= keptOfEach) throw new ProviderError('permanent', `${vmId} has too many snapshots`);
      snapshots.push(snapshotId);
    });
  }

  async revertVm(vmId: string, snapshotId: string, call: ProviderCall): Promise<void> {
    await this.work('revertVm', call);
    await this.once(vmId, call, ({ snapshots, reverts }) => {
      if (!snapshots.includes(snapshotId)) throw new ProviderError('permanent', `${vmId} has no such snapshot`);
      keep(reverts, snapshotId);
    });
  }

  async addDisk(vmId: string, gb: number, call: ProviderCall): Promise<void> {
    await this.work('addDisk', call);
    await this.once(vmId, call, ({ disks }) => {
      if (disks.length >= keptOfEach) throw new ProviderError('permanent', `${vmId} has too many disks`);
      disks.push(gb);
    });
  }

  async listHypervisors(call: ProviderCall): Promise<Listing> {
    await this.work('listHypervisors', call);
    const without = this.control.takePartial('hosts');
    const listed = this.control.hosts.filter((host) => without?.includes(host.nativeId) !== true);
    return {
      complete: without === undefined,
      hypervisors: listed.map((host) => host.facts(this.control.guestsOn(host.nativeId))),
    };
  }

  async heartbeats(call: ProviderCall): Promise<readonly Heartbeat[]> {
    await this.work('heartbeats', call);
    const now = this.options.clock.now();
    const latest = new Map<string, number>();
    for (const host of this.control.hosts) {
      const at = host.heartbeatAt(now);
      if (at !== null) latest.set(host.host.name, Math.max(at, latest.get(host.host.name) ?? at));
    }
    return Array.from(latest, ([serviceHost, at]) => ({ serviceHost, at }));
  }

  async uptime(nativeId: string, call: ProviderCall): Promise<string | null> {
    await this.work('uptime', call);
    const host = this.answeringHost(nativeId);
    return host.uptime(this.options.clock.now());
  }

  async listGuests(nativeId: string, call: ProviderCall): Promise<GuestListing> {
    await this.work('listGuests', call);
    const host = this.answeringHost(nativeId);
    const without = this.control.takePartial('guests');
    const guests = [...host.guests.values(), ...this.control.guestsOn(nativeId)];
    return {
      complete: without === undefined,
      guests: guests.filter(({ uuid }) => without?.includes(uuid) !== true),
    };
  }

  async destroyGuest(nativeId: string, guestUuid: string, call: ProviderCall): Promise<void> {
    await this.work('destroyGuest', call);
    const host = this.answeringHost(nativeId);
    if (this.vms.get(guestUuid)?.hypervisor === nativeId) this.vms.remove(guestUuid);
    this.guests.remove(host, guestUuid);
    await this.journal.written();
  }

  async imageGuest(
    nativeId: string,
    guestUuid: string,
    name: string,
    call: ProviderCall,
  ): Promise<{ readonly imageId: string }> {
    await this.work('imageGuest', call);
    const host = this.answeringHost(nativeId);
    let image = this.images.ofRequest(call.requestId);
    if (image === undefined) {
      const isThere = host.guests.has(guestUuid) || this.control.seen(guestUuid)?.hypervisor === nativeId;
      if (!isThere) throw new ProviderError('permanent', `${nativeId} has no guest ${guestUuid}`);
      image = this.images.make(call.requestId, nativeId, guestUuid, name);
    }
    await this.journal.written();
    return { imageId: image.imageId };
  }

  async cacheImage(nativeId: string, imageId: string, call: ProviderCall): Promise<void> {
    await this.work('cacheImage', call);
    if (this.done.has(call.requestId)) return;
    const host = this.answeringHost(nativeId);
    host.fetches.set(imageId, (host.fetches.get(imageId) ?? 0) + 1);
    this.done.set(call.requestId, true);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.journal.close();
  }

  /** It goes on whether or not its caller waits for it. */
  private startClone(spec: VmSpec): SimulatedVm {
    const { cloneMs, bootMs, failureRate = 0, templates, permanentTemplates = [] } = this.options.vms ?? {};
    if (templates?.includes(spec.template) === false || permanentTemplates.includes(spec.template))
      throw new ProviderError('permanent', `there is no template ${spec.template}`);
    if (failureRate > 0 && this.random() < failureRate)
      throw new ProviderError('retry', `the clone of ${spec.template} failed by chance`);
    const vm = clonedVm(spec, this.options.clock.now() + this.within(cloneMs), this.within(bootMs));
    this.vms.put(vm);
    return vm;
  }

  private answeringHost(nativeId: string): RunningHost {
    const host = this.control.host(nativeId);
    if (!host.alive) throw new ProviderError('retry', `${nativeId} does not answer`);
    return host;
  }

  /** Undefined: not there. Throws where its host does not answer. */
  private answering(vmId: string): SimulatedVm | undefined {
    const vm = this.control.seen(vmId);
    if (vm !== undefined) this.answeringHost(vm.hypervisor);
    return vm;
  }

  /** Does something to a VM, once for each request. */
  private async once(vmId: string, { requestId }: ProviderCall, effect: (vm: SimulatedVm) => void): Promise<void> {
    const vm = this.answering(vmId);
    if (vm === undefined) throw new ProviderError('permanent', `there is no VM ${vmId}`);
    if (!vm.requests.includes(requestId)) {
      effect(vm);
      keep(vm.requests, requestId);
      this.vms.put(vm);
    }
    await this.journal.written();
  }

  private within(span: Span | undefined): number {
    return span === undefined ? 0 : Math.round(span.min + this.random() * (span.max - span.min));
  }

  /** The time a call takes, and the failures that were ordered or diced. Nothing has happened when it throws. */
  private async work(operation: SimulatedOperation, call: ProviderCall): Promise<number> {
    this.checkOpen();
    const { latencyMs, failureRate = 0 } = this.options;
    const takes = latencyMs === undefined ? 0 : latencyMs.min + this.random() * (latencyMs.max - latencyMs.min);
    if (takes > 0) await this.pass(takes, call.timeoutMs, operation);
    const ordered = this.control.takeFailure(operation);
    if (ordered !== undefined) throw new ProviderError(ordered, `${operation} was told to fail`);
    if (failureRate > 0 && this.random() < failureRate)
      throw new ProviderError('retry', `${operation} failed by chance`);
    return takes;
  }

  /** Waits, but no longer than the caller. */
  private async pass(ms: number, timeoutMs: number, operation: SimulatedOperation): Promise<void> {
    const { sleep = wait } = this.options;
    await sleep(Math.max(0, Math.min(ms, timeoutMs)));
    if (ms > timeoutMs) throw new ProviderError('timeout', `${operation} took over its time`);
    this.checkOpen();
  }

  private checkOpen(): void {
    if (this.closed) throw new ProviderError('permanent', `provider ${this.name} is closed`);
  }
}

/** Appends; the oldest goes when there are too many. */
function keep(row: string[], item: string): void {
  row.push(item);
  if (row.length > keptOfEach) row.shift();
}
