import type { Ports } from '../profiles/ports.js';
import type { RunningRuntime } from '../running-runtime.js';
import type { Readiness, ReadinessCheck } from './readiness.js';

/** Stores answer, read models are live, processes run; and nothing is being shut down. */
export class ServerReadiness implements Readiness {
  private stopping = false;

  constructor(
    private readonly ports: Pick<Ports, 'eventStore' | 'readStore' | 'timers'>,
    private readonly runtime: () => RunningRuntime | undefined,
  ) {}

  stop(): void {
    this.stopping = true;
  }

  check(): readonly ReadinessCheck[] {
    const { eventStore, readStore, timers } = this.ports;
    const runtime = this.runtime();
    return [
      { name: 'server', ready: !this.stopping, ...(this.stopping ? { reason: 'it is stopping' } : {}) },
      { name: 'event store', ...eventStore.condition() },
      { name: 'read store', ...readStore.condition() },
      { name: 'timers', ...timers.condition() },
      ...(runtime?.projections.status() ?? []).map((model) =>
        running(
          `read model ${model.name}`,
          model.state === 'live' ? undefined : (model.error ?? model.parked?.error ?? model.state),
        ),
      ),
      ...(runtime?.processes()?.status() ?? []).map((process) =>
        running(
          `process ${process.name}`,
          process.state === 'running' ? undefined : (process.error ?? process.parked?.error ?? process.state),
        ),
      ),
    ];
  }
}

function running(name: string, trouble: string | undefined): ReadinessCheck {
  return trouble === undefined ? { name, ready: true } : { name, ready: false, reason: trouble };
}
