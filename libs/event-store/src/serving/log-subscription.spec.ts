import type { RecordedEvent } from '../port.js';
import { LogSubscription } from './log-subscription.js';

const event = (position: number): RecordedEvent => ({
  id: String(position),
  type: 'tests/Happened@1',
  data: '{}',
  metadata: '{}',
  stream: 'a',
  revision: position - 1,
  position,
  recordedAt: 0,
});

describe('a subscription that is woken while it looks for more', () => {
  it('looks again: what came in between is not missed', async () => {
    const log = [event(1)];
    const seen: number[] = [];
    let subscription: LogSubscription | undefined;
    const delivered = new Promise<void>((resolve) => {
      subscription = new LogSubscription(
        {
          after: undefined,
          onEvents: (events) => {
            seen.push(...events.map(({ position }) => position));
            if (seen.length === 2) resolve();
          },
        },
        async (after = 0) => {
          const found = log.slice(after);
          await Promise.resolve();
          // The look at the log is over and found nothing; only now does the second event come.
          if (found.length === 0 && log.length === 1) {
            log.push(event(2));
            subscription?.wake();
          }
          return found;
        },
        () => undefined,
      );
    });
    await delivered;
    expect(seen).toEqual([1, 2]);
    await subscription?.stop();
  });
});
