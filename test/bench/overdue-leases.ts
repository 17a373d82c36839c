import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import type { CommandContext } from '#kernel';
import { StoreCommandExecutor, systemContext } from '#runtime';
import { openEmbedded } from '../../apps/server/src/profiles/embedded.profile.js';
import { loadSettings } from '../../apps/server/src/profiles/settings.js';
import { lease as leaseAggregate, leaseStream } from '../../libs/reservations/src/lease/lease.aggregate.js';

const writers = 256;
const day = 86_400_000;

export interface Overdue {
  /** The one that is due last. */
  readonly lastId: string;
}

/** Fills a data folder with leases whose start has passed and whose end is far away. */
export async function overdueLeases(configurationFile: string, dataDir: string, count: number): Promise<Overdue> {
  const settings = loadSettings({ LEASEBOOK_CONFIG: configurationFile, LEASEBOOK_DATA_DIR: dataDir });
  const ports = await openEmbedded(settings, pino({ level: 'silent' }));
  const executor = new StoreCommandExecutor({ store: ports.eventStore, vault: ports.vault });
  const now = Date.now();
  const ids = Array.from({ length: count }, () => randomUUID());
  let next = 0;
  const create = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) {
      const leaseId = ids[n] ?? '';
      const startsAt = now - day + n;
      const at = startsAt - day;
      const context: CommandContext = { ...systemContext(at), commandId: randomUUID() };
      await executor.execute(
        leaseAggregate,
        leaseStream(leaseId),
        {
          ...{ type: 'create', leaseId, attempt: leaseId, heldIn: [], name: `lease ${String(n)}`, userId: 'ann' },
          ...{
            projectId: 'lab',
            trustId: leaseId.replaceAll('-', ''),
            startsAt,
            endsAt: now + 30 * day,
            reservations: [],
          },
          events: [
            { id: randomUUID(), type: 'start_lease', dueAt: startsAt },
            { id: randomUUID(), type: 'end_lease', dueAt: now + 30 * day },
          ],
          at,
        },
        context,
      );
    }
  };
  try {
    await Promise.all(Array.from({ length: writers }, create));
    return { lastId: ids.at(-1) ?? '' };
  } finally {
    await executor.close();
    await ports.close();
  }
}
