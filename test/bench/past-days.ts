import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import type { CommandContext } from '#kernel';
import { StoreCommandExecutor, systemContext } from '#runtime';
import { openEmbedded } from '../../apps/server/src/profiles/embedded.profile.js';
import { poolsSettings } from '../../apps/server/src/profiles/pools-context.settings.js';
import { loadSettings } from '../../apps/server/src/profiles/settings.js';
import { pool as poolAggregate, poolStream } from '../../libs/pools/src/pool/pool.aggregate.js';
import type { PoolCommand } from '../../libs/pools/src/pool/pool.commands.js';
import { rulesOf } from '../../libs/pools/src/supply/rules.policy.js';
import { seededRandom } from '#specs';

const dayMs = 86_400_000;
const writers = 256;

export interface PastDays {
  readonly configurationFile: string;
  readonly dataDir: string;
  readonly days: number;
  /** Machines of each day, over all pools. */
  readonly machines: number;
}

/** Fills a data folder with days that are over: machines made, taken, tagged, returned and destroyed. Answers how many events. */
export async function livePastDays({ configurationFile, dataDir, days, machines }: PastDays): Promise<number> {
  const settings = loadSettings({ LEASEBOOK_CONFIG: configurationFile, LEASEBOOK_DATA_DIR: dataDir });
  const ports = await openEmbedded(settings, pino({ level: 'silent' }));
  const executor = new StoreCommandExecutor({ store: ports.eventStore, vault: ports.vault });
  const global = poolsSettings(settings, ports.clock);
  const random = seededRandom(1);
  const from = Date.now() - days * dayMs;
  let events = 0;
  const decide = async (name: string, command: PoolCommand): Promise<void> => {
    const context: CommandContext = { ...systemContext(command.at), commandId: randomUUID() };
    const outcome = await executor.execute(poolAggregate, poolStream(name), command, context);
    if (outcome.kind === 'refused') throw new Error(`${name}: ${command.type} was refused as ${outcome.code}`);
    events += outcome.events.length;
  };
  try {
    for (const [order, each] of global.pools.entries())
      await decide(each.name, { type: 'configure', order, settings: each, rules: rulesOf(each, global), at: from });
    for (let day = 0; day < days; day += 1) {
      let left = machines;
      const life = async (): Promise<void> => {
        while (left > 0) {
          left -= 1;
          const name = global.pools[left % global.pools.length]?.name ?? '';
          await oneLife(
            decide,
            name,
            from + day * dayMs + Math.floor(random() * 0.5 * dayMs),
            `d${String(day)}-${String(left)}`,
            random,
          );
        }
      };
      await Promise.all(Array.from({ length: writers }, life));
    }
    return events;
  } finally {
    await executor.close();
    await ports.close();
  }
}

async function oneLife(
  decide: (pool: string, command: PoolCommand) => Promise<void>,
  pool: string,
  at: number,
  name: string,
  random: () => number,
): Promise<void> {
  const vmId = randomUUID();
  const day = new Date(at).toISOString().slice(0, 10);
  const placement = { hypervisorUuid: vmId, provider: 'simulated', nativeId: 'kvm-0', serviceHost: 'kvm-0' };
  const size = { vcpus: 1, memoryMb: 512, diskGb: 1 };
  const vm = { name, vmId, generation: 1, placement, template: 't/p', cloneTarget: null, domain: null, ...size };
  const request = 'onDemand-past.1';
  const checkout = { checkoutId: vmId, requestedAs: pool, tokenHash: null, userId: null, lifetime: null };
  const rules = { authConfigured: false, strictOwnership: false };
  const tags = { department: `d${String(Math.floor(random() * 20))}`, user: `u${String(Math.floor(random() * 50))}` };
  // Asked for on demand, so that it is this one that is delivered.
  await decide(pool, { type: 'queue-on-demand', request: `${request}-${name}`, count: 1, checkout, at });
  await decide(pool, { type: 'request-vm', vm, request: `${request}-${name}`, at });
  await decide(pool, { type: 'note-cloned', name, vmId, seconds: 1 + random() * 5, ip: null, day, at: at + 5_000 });
  await decide(pool, { type: 'offer', name, vmId, day, at: at + 30_000 });
  await decide(pool, { type: 'modify-vm', name, kept: false, tags, toucher: null, rules, day, at: at + 60_000 });
  await decide(pool, { type: 'return-vm', name, toucher: null, rules, at: at + 3_600_000 });
  await decide(pool, { type: 'note-destroyed', name, vmId, at: at + 3_610_000 });
  await decide(pool, { type: 'settle-on-demand', request: `${request}-${name}`, at: at + 3_610_000 });
}
