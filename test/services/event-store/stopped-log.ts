import { join } from 'node:path';
import { EmbeddedEventStore } from '#event-store/adapters/embedded';
import type { LoggedEvent } from '../../leases-history/history.type.js';

/** The whole log of a server that is stopped. */
export async function readLog(dataDir: string): Promise<readonly LoggedEvent[]> {
  const store = await EmbeddedEventStore.open({ path: join(dataDir, 'events.db') });
  const log: LoggedEvent[] = [];
  try {
    for (let after: number | undefined; ;) {
      const page = await store.readAll({ limit: 4_096, ...(after === undefined ? {} : { after }) });
      for (const { stream, type, data, recordedAt } of page) {
        const [, name = type] = /^[^/]+\/(.*)@\d+$/.exec(type) ?? [];
        log.push({ stream, type: name, data: JSON.parse(data) as unknown, recordedAt });
      }
      after = page.at(-1)?.position;
      if (after === undefined) return log;
    }
  } finally {
    await store.close();
  }
}
