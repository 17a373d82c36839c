import { setTimeout as wait } from 'node:timers/promises';
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
} from './port.js';

export interface Resilience {
  /** Calls for one request, the first included. */
  readonly attempts: number;
  /** Pause before the second call; doubles up to `maxPauseMs`, and is cut by up to a half at random. */
  readonly pauseMs: number;
  readonly maxPauseMs: number;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Rejects with `timeout` when the call has not ended after so many milliseconds. */
  readonly limit: <T>(ms: number, call: () => Promise<T>) => Promise<T>;
}

export const defaultResilience: Resilience = {
  attempts: 3,
  pauseMs: 200,
  maxPauseMs: 5_000,
  random: Math.random,
  sleep: (ms) => wait(ms),
  limit: withTimeout,
};

/** Node waits 1 ms instead of anything longer. */
const longestWaitMs = 2 ** 31 - 1;

async function withTimeout<T>(ms: number, call: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    const late = () => reject(new ProviderError('timeout', `no answer within ${ms} ms`));
    timer = setTimeout(late, Math.min(ms, longestWaitMs)).unref();
  });
  try {
    return await Promise.race([call(), over]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Any provider with time-outs kept and failures tried again: each call has `timeoutMs`, also with a provider that never
 * answers, and `retry` and `timeout` are tried again with the same request id. What it throws is always a ProviderError.
 */
export class ResilientProvider implements Provider {
  readonly name: string;
  private readonly resilience: Resilience;
  private closed = false;

  constructor(
    private readonly provider: Provider,
    resilience: Partial<Resilience> = {},
  ) {
    this.name = provider.name;
    this.resilience = { ...defaultResilience, ...resilience };
  }

  createVm(spec: VmSpec, call: ProviderCall): Promise<{ readonly ip: string | null }> {
    return this.persist(call, () => this.provider.createVm(spec, call));
  }

  inspectVm(vmId: string, call: ProviderCall): Promise<VmCondition | null> {
    return this.persist(call, () => this.provider.inspectVm(vmId, call));
  }

  listVms(pool: string, call: ProviderCall): Promise<VmListing> {
    return this.persist(call, () => this.provider.listVms(pool, call));
  }

  destroyVm(vmId: string, call: ProviderCall): Promise<void> {
    return this.persist(call, () => this.provider.destroyVm(vmId, call));
  }

  snapshotVm(vmId: string, snapshotId: string, call: ProviderCall): Promise<void> {
    return this.persist(call, () => this.provider.snapshotVm(vmId, snapshotId, call));
  }

  revertVm(vmId: string, snapshotId: string, call: ProviderCall): Promise<void> {
    return this.persist(call, () => this.provider.revertVm(vmId, snapshotId, call));
  }

  addDisk(vmId: string, gb: number, call: ProviderCall): Promise<void> {
    return this.persist(call, () => this.provider.addDisk(vmId, gb, call));
  }

  listHypervisors(call: ProviderCall): Promise<Listing> {
    return this.persist(call, () => this.provider.listHypervisors(call));
  }

  heartbeats(call: ProviderCall): Promise<readonly Heartbeat[]> {
    return this.persist(call, () => this.provider.heartbeats(call));
  }

  uptime(nativeId: string, call: ProviderCall): Promise<string | null> {
    return this.persist(call, () => this.provider.uptime(nativeId, call));
  }

  listGuests(nativeId: string, call: ProviderCall): Promise<GuestListing> {
    return this.persist(call, () => this.provider.listGuests(nativeId, call));
  }

  destroyGuest(nativeId: string, guestUuid: string, call: ProviderCall): Promise<void> {
    return this.persist(call, () => this.provider.destroyGuest(nativeId, guestUuid, call));
  }

  imageGuest(
    nativeId: string,
    guestUuid: string,
    name: string,
    call: ProviderCall,
  ): Promise<{ readonly imageId: string }> {
    return this.persist(call, () => this.provider.imageGuest(nativeId, guestUuid, name, call));
  }

  cacheImage(nativeId: string, imageId: string, call: ProviderCall): Promise<void> {
    return this.persist(call, () => this.provider.cacheImage(nativeId, imageId, call));
  }

  /** Calls under way are not tried again. */
  async close(): Promise<void> {
    this.closed = true;
    await this.provider.close();
  }

  private async persist<T>(call: ProviderCall, work: () => Promise<T>): Promise<T> {
    const { attempts, pauseMs, maxPauseMs, random, sleep, limit } = this.resilience;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await limit(call.timeoutMs, work);
      } catch (error) {
        const failure = asProviderError(error);
        if (failure.kind === 'permanent' || attempt >= attempts) throw failure;
        const pause = Math.min(maxPauseMs, pauseMs * 2 ** (attempt - 1));
        await sleep(pause * (1 - random() / 2));
        if (this.closed) throw failure;
      }
    }
  }
}

/** What a provider throws that is no ProviderError is a defect of its own: trying again would not help. */
function asProviderError(error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  return new ProviderError('permanent', error instanceof Error ? error.message : String(error));
}
