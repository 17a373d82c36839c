import { randomUUID } from 'node:crypto';
import type { CommandContext } from '#kernel';
import { StoreCommandExecutor } from '#runtime';
import { openEmbedded } from '../../apps/server/src/profiles/embedded.profile.js';
import { loadSettings } from '../../apps/server/src/profiles/settings.js';
import { identityAggregate, identityStream } from '../../libs/identity/src/directory/identity.aggregate.js';
import {
  hostAggregates,
  hostAggregatesStream,
} from '../../libs/inventory/src/host-aggregates/host-aggregates.decider.js';
import {
  hypervisorRegistry,
  hypervisorRegistryStream,
} from '../../libs/inventory/src/hypervisor-registry/hypervisor-registry.decider.js';
import {
  hypervisor,
  hypervisorStream,
  type HypervisorCommand,
} from '../../libs/inventory/src/hypervisor/hypervisor.decider.js';
import { seededRandom } from '#specs';

/** Aggregates that are there at a time. */
const liveAggregates = 2_000;
const actors = 40;
/** Commands under way at a time. */
const writers = 512;

type Dice = (below: number) => number;

/** Work on the things of one kind; each call carries out one command and says how many events came of it. */
type Work = () => Promise<number>;

interface Surroundings {
  readonly executor: StoreCommandExecutor;
  readonly dice: Dice;
  readonly context: () => CommandContext;
  readonly hosts: readonly { readonly uuid: string; readonly host: string }[];
}

function contexts(dice: Dice, facade: string): CommandContext {
  const actor = dice(actors);
  const hex = actor.toString(16).padStart(32, '0');
  const requestId = `req-${randomUUID()}`;
  return {
    commandId: randomUUID(),
    repeatable: false,
    time: Date.now(),
    actor: { userId: hex, projectId: hex.replace('0', 'a'), method: 'password', name: `user-${String(actor)}` },
    facade,
    requestId,
    correlationId: requestId,
    causationId: null,
    clientAddress: `10.1.2.${String(actor)}`,
  };
}

const count = (outcome: { readonly kind: string; readonly events?: readonly unknown[] }): number =>
  outcome.kind === 'accepted' ? (outcome.events?.length ?? 0) : 0;

/** Operators and heartbeats: services taken out and back, hosts that go down and come up. */
function hypervisorWork({ executor, dice, context, hosts }: Surroundings): Work {
  return async () => {
    const host = hosts[dice(hosts.length)];
    if (host === undefined) return 0;
    const at = Date.now();
    const command: HypervisorCommand =
      dice(2) === 0
        ? { type: 'note-heartbeat', alive: dice(2) === 0, heartbeatAt: at, at }
        : {
            type: 'change-service',
            id: host.uuid,
            change: dice(2) === 0 ? { kind: 'enable' } : { kind: 'disable', reason: `ticket ${String(dice(10_000))}` },
            at,
          };
    return count(await executor.execute(hypervisor, hypervisorStream(host.uuid), command, context()));
  };
}

/** Aggregates come, get hosts and metadata, and go. */
function aggregateWork({ executor, dice, context, hosts }: Surroundings): Work {
  const live: number[] = [];
  let named = 0;
  const run = async (command: Parameters<typeof hostAggregates.decider.decide>[0]): Promise<number> =>
    count(await executor.execute(hostAggregates, hostAggregatesStream, command, context()));
  const create = async (): Promise<number> => {
    const name = `aggregate-${String((named += 1))}`;
    const zone = dice(3) === 0 ? null : `hall-${String(dice(8))}`;
    const command = { type: 'create', uuid: randomUUID(), name, availabilityZone: zone, at: Date.now() } as const;
    const outcome = await executor.execute(
      hostAggregates,
      hostAggregatesStream,
      command,
      context(),
      (state) => state.lastId,
    );
    if (outcome.kind === 'accepted') live.push(outcome.answer);
    return count(outcome);
  };
  return async () => {
    const at = Date.now();
    if (live.length < liveAggregates) return create();
    const place = dice(live.length);
    const id = live[place] ?? 0;
    const host = hosts[dice(hosts.length)]?.host ?? '';
    const move = { id, host, hostKnown: true, defaultZone: 'nova', servers: new Map([[host, 0]]), at };
    switch (dice(8)) {
      case 0: {
        const gone = await run({ type: 'delete', id, at });
        if (gone > 0) live.splice(live.indexOf(id), 1);
        return gone;
      }
      case 1:
        return run({ type: 'update', id, name: `renamed-${String((named += 1))}`, servers: new Map(), at });
      case 2:
      case 3:
        return run({ type: 'add-host', ...move });
      case 4:
        return run({ type: 'remove-host', ...move });
      default:
        return run({
          type: 'set-metadata',
          id,
          metadata: [[`key-${String(dice(6))}`, dice(8) === 0 ? null : `value ${String(dice(1_000_000))}`]],
          servers: new Map(),
          at,
        });
    }
  };
}

/** Projects come, get another description, and go. */
function identityWork({ executor, dice, context }: Surroundings): Work {
  const live: string[] = [];
  let named = 0;
  return async () => {
    const at = Date.now();
    const place = dice(300);
    const id = live[place];
    const run = async (command: Parameters<typeof identityAggregate.decider.decide>[0]): Promise<number> =>
      count(await executor.execute(identityAggregate, identityStream, command, context()));
    if (id === undefined) {
      const made = randomUUID().replaceAll('-', '');
      live.push(made);
      const name = `project-${String((named += 1))}`;
      const project = { id: made, name, description: '', enabled: true, createdAt: at };
      return run({ kind: 'create-project', project });
    }
    if (dice(6) === 0) {
      live.splice(live.indexOf(id), 1);
      return run({ kind: 'delete-project', id, deletedAt: at });
    }
    return run({
      kind: 'change-project',
      change: { id, description: `budget ${String(dice(1_000_000))}`, changedAt: at },
    });
  };
}

/**
 * Continues the log in a data folder, through the executor, until it has so many events: half of them of hypervisors,
 * two fifths of aggregates, the rest of identity. A server must have made the folder and have ended.
 */
export async function makeLongLog(
  dataDir: string,
  configuration: string,
  events: number,
): Promise<{ readonly seconds: number; readonly made: number }> {
  const settings = loadSettings({ LEASEBOOK_CONFIG: configuration, LEASEBOOK_DATA_DIR: dataDir });
  const ports = await openEmbedded(settings, { warn: console.error });
  const executor = new StoreCommandExecutor({
    store: ports.eventStore,
    vault: ports.vault,
    blobs: ports.readStore.blobs,
  });
  try {
    const random = seededRandom(1);
    const dice: Dice = (below) => Math.floor(random() * below);
    const hosts = await executor.look(hypervisorRegistry, hypervisorRegistryStream, (state) =>
      Array.from(state.byUuid, ([uuid, { serviceHost }]) => ({ uuid, host: serviceHost })),
    );
    const around = (facade: string): Surroundings => ({ executor, dice, hosts, context: () => contexts(dice, facade) });
    const works = [
      hypervisorWork(around('leasebook')),
      aggregateWork(around('nova')),
      identityWork(around('keystone')),
    ] as const;
    let there = (await ports.eventStore.head())?.position ?? 0;
    const before = there;
    const began = performance.now();
    const write = async (): Promise<void> => {
      while (there < events) {
        const share = dice(10);
        // Not in one expression: all writers count at the same time.
        const added = await works[share < 5 ? 0 : share < 9 ? 1 : 2]();
        there += added;
      }
    };
    await Promise.all(Array.from({ length: writers }, write));
    return { seconds: (performance.now() - began) / 1000, made: there - before };
  } finally {
    await executor.close();
    await ports.close();
  }
}
