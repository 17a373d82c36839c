import type { Projection } from '#read-store';
import {
  LogHead,
  ProcessRunner,
  ProjectionRunner,
  ReadFreshness,
  StoreCommandExecutor,
  type RunningProcess,
  type RuntimeObserver,
} from '#runtime';
import type { Ports } from './profiles/ports.js';
import type { Settings } from './profiles/settings.type.js';

/** Between two writes of a read model on disk for which nobody waits. Milliseconds. */
const gatherMs = 50;

/** The runtime over one set of ports. Projections run at once; processes when their contexts exist. */
export interface RunningRuntime {
  readonly executor: StoreCommandExecutor;
  readonly freshness: ReadFreshness;
  readonly projections: ProjectionRunner;
  processes(): ProcessRunner | undefined;
  startProcesses(processes: readonly RunningProcess[]): Promise<void>;
  stop(): Promise<void>;
}

export async function startRuntime(
  ports: Ports,
  projections: readonly Projection[],
  settings: Pick<Settings, 'reads' | 'cachedStreams'>,
  observer: RuntimeObserver,
): Promise<RunningRuntime> {
  const { eventStore: store, readStore } = ports;
  const head = new LogHead(store);
  const runner = new ProjectionRunner({ store, readStore, projections, head, observer, gatherMs });
  const executor = new StoreCommandExecutor({
    store,
    vault: ports.vault,
    blobs: readStore.blobs,
    observer,
    durable: (position) => {
      head.advance(position);
    },
    settings: { cachedStreams: settings.cachedStreams },
  });
  await runner.start();
  let processes: ProcessRunner | undefined;
  return {
    executor,
    projections: runner,
    freshness: new ReadFreshness(runner, head, observer, { reads: settings.reads }),
    processes: () => processes,
    startProcesses: async (running) => {
      processes = new ProcessRunner({
        store,
        readStore,
        timers: ports.timers,
        processes: running,
        clock: ports.clock,
        observer,
      });
      await processes.start();
    },
    stop: async () => {
      await processes?.stop();
      await executor.close();
      await runner.stop();
    },
  };
}
