import { setTimeout as pause } from 'node:timers/promises';
import { ChainedStream } from '../../../contract/chained-events.js';
import { EmbeddedEventStore } from '../embedded-event-store.js';

/**
 * A process that writes to a log until it is killed: `<path of the log> <number of writers> <prefix of their streams>`. Says on
 * its standard output, a line each: `ready`; `ack <stream> <revision> <id>` for each event as soon as it is acknowledged;
 * `condition <JSON>` whenever that changes.
 */
const [path = '', writers = '1', prefix = 'w'] = process.argv.slice(2);
const store = await EmbeddedEventStore.open({ path, retryDelays: [20, 100] });

// At once and in order: what was said was said, also when the process is killed right afterwards.
const say = (line: string): boolean => process.stdout.write(`${line}\n`);

async function write(stream: ChainedStream): Promise<never> {
  for (let count = 1; ; count = (count % 3) + 1) {
    const append = stream.next(count, 'x'.repeat(100));
    for (;;) {
      const [outcome] = await store.append([append]);
      if (outcome?.kind === 'appended' || outcome?.kind === 'repeated') {
        const first = outcome.revision - count + 1;
        sayCondition();
        append.events.forEach(({ id }, index) => say(`ack ${stream.name} ${first + index} ${id}`));
        break;
      }
      if (outcome?.kind === 'conflict') throw new Error(`${stream.name}: ${JSON.stringify(outcome)}`);
      // Unknown or unavailable: the identical append again (C3).
      await pause(5);
    }
  }
}

let lastCondition = '';

/** Before each acknowledgement too: otherwise the first ones after a recovery would seem to come before it. */
function sayCondition(): void {
  const condition = JSON.stringify(store.condition());
  if (condition !== lastCondition) say(`condition ${condition}`);
  lastCondition = condition;
}

async function watch(): Promise<never> {
  for (;;) {
    sayCondition();
    await pause(5);
  }
}

say('ready');
const all = Array.from({ length: Number(writers) }, (_, index) => write(new ChainedStream(`${prefix}-${index}`)));
await Promise.all([watch(), ...all]);
