import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '#kernel';
import { LRUCache } from 'lru-cache';
import {
  ProviderError,
  type Heartbeat,
  type Listing,
  type Provider,
  type ProviderCall,
  type ProviderGuest,
} from '../../port.js';
import { RunningHost, type SimulatedHost } from './simulated-host.js';

export type SimulatedOperation = 'listHypervisors' | 'heartbeats' | 'uptime' | 'cacheImage';

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
  readonly latencyMs?: { readonly min: number; readonly max: number };
  readonly sleep?: (ms: number) => Promise<void>;
}

/** Request ids recognised again: the oldest are forgotten first. */
const requestsRemembered = 100_000;

/** mulberry32: 0 ≤ x < 1. */
function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What tests do to the simulated machines behind the provider's back. Hosts are named by native id. */
export class SimulatedControl {
  private readonly running = new Map<string, RunningHost>();
  private readonly failures: { operation: SimulatedOperation; kind: ProviderError['kind'] }[] = [];
  private partial: (readonly string[])[] = [];

  constructor(private readonly clock: Clock) {}

  get hosts(): readonly RunningHost[] {
    return [...this.running.values()];
  }

  addHost(host: SimulatedHost): void {
    const fresh = new RunningHost(host, this.clock.now());
    if (this.running.has(fresh.nativeId)) throw new Error(`there is a host ${fresh.nativeId} already`);
    this.running.set(fresh.nativeId, fresh);
  }

  removeHost(nativeId: string): void {
    this.host(nativeId);
    this.running.delete(nativeId);
  }

  /** Other facts from now on; its guests and its heartbeat stay. */
  changeHost(nativeId: string, change: Partial<Omit<SimulatedHost, 'nativeId' | 'guests' | 'alive'>>): void {
    const former = this.host(nativeId);
    const changed = new RunningHost({ ...former.host, ...change, nativeId, guests: [] }, this.clock.now());
    for (const guest of former.guests.values()) changed.guests.set(guest.uuid, guest);
    for (const [image, times] of former.fetches) changed.fetches.set(image, times);
    changed.silentSince = former.silentSince;
    this.running.set(nativeId, changed);
  }

  putGuest(nativeId: string, guest: ProviderGuest): void {
    this.host(nativeId).guests.set(guest.uuid, guest);
  }

  removeGuest(nativeId: string, uuid: string): void {
    if (!this.host(nativeId).guests.delete(uuid)) throw new Error(`${nativeId} has no guest ${uuid}`);
  }

  /** No heartbeat after this moment. */
  silence(nativeId: string): void {
    this.host(nativeId).silentSince = this.clock.now();
  }

  revive(nativeId: string): void {
    this.host(nativeId).silentSince = undefined;
  }

  /** The next so many calls of that operation fail so. */
  failNext(operation: SimulatedOperation, times = 1, kind: ProviderError['kind'] = 'retry'): void {
    for (let n = 0; n < times; n += 1) this.failures.push({ operation, kind });
  }

  /** The next listing says that it is not complete, and lacks these hosts. */
  listPartially(without: readonly string[] = []): void {
    this.partial.push(without);
  }

  /** How often that host really fetched that image. */
  fetches(nativeId: string, imageId: string): number {
    return this.host(nativeId).fetches.get(imageId) ?? 0;
  }

  host(nativeId: string): RunningHost {
    const found = this.running.get(nativeId);
    if (found === undefined) throw new ProviderError('permanent', `there is no host ${nativeId}`);
    return found;
  }

  /** For the provider itself. */
  takeFailure(operation: SimulatedOperation): ProviderError['kind'] | undefined {
    const index = this.failures.findIndex((failure) => failure.operation === operation);
    return index < 0 ? undefined : this.failures.splice(index, 1)[0]?.kind;
  }

  /** For the provider itself. */
  takePartial(): readonly string[] | undefined {
    return this.partial.shift();
  }
}

/** Machines that exist only here: the default provider, and the one of the tests. */
export class SimulatedProvider implements Provider {
  readonly name: string;
  readonly control: SimulatedControl;
  private readonly random: () => number;
  private readonly done = new LRUCache<string, true>({ max: requestsRemembered });
  private closed = false;

  constructor(private readonly options: SimulatedOptions) {
    this.name = options.name ?? 'simulated';
    this.random = dice(options.seed ?? 1);
    this.control = new SimulatedControl(options.clock);
    for (const host of options.hosts) this.control.addHost(host);
  }

  async listHypervisors(call: ProviderCall): Promise<Listing> {
    await this.work('listHypervisors', call);
    const without = this.control.takePartial();
    const listed = this.control.hosts.filter((host) => without?.includes(host.nativeId) !== true);
    return { complete: without === undefined, hypervisors: listed.map((host) => host.facts()) };
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
    const host = this.control.host(nativeId);
    if (!host.alive) throw new ProviderError('retry', `${nativeId} does not answer`);
    return host.uptime(this.options.clock.now());
  }

  async cacheImage(nativeId: string, imageId: string, call: ProviderCall): Promise<void> {
    await this.work('cacheImage', call);
    if (this.done.has(call.requestId)) return;
    const host = this.control.host(nativeId);
    if (!host.alive) throw new ProviderError('retry', `${nativeId} does not answer`);
    host.fetches.set(imageId, (host.fetches.get(imageId) ?? 0) + 1);
    this.done.set(call.requestId, true);
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  /** The time a call takes, and the failures that were ordered or diced. Nothing has happened when it throws. */
  private async work(operation: SimulatedOperation, call: ProviderCall): Promise<void> {
    if (this.closed) throw new ProviderError('permanent', `provider ${this.name} is closed`);
    const { latencyMs, failureRate = 0, sleep = wait } = this.options;
    if (latencyMs !== undefined) {
      const takes = latencyMs.min + this.random() * (latencyMs.max - latencyMs.min);
      await sleep(Math.min(takes, call.timeoutMs));
      if (takes > call.timeoutMs) throw new ProviderError('timeout', `${operation} took over ${call.timeoutMs} ms`);
    }
    const ordered = this.control.takeFailure(operation);
    if (ordered !== undefined) throw new ProviderError(ordered, `${operation} was told to fail`);
    if (failureRate > 0 && this.random() < failureRate)
      throw new ProviderError('retry', `${operation} failed by chance`);
  }
}
