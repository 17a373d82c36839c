import { randomUUID } from 'node:crypto';
import { chainHash } from '../chain.js';
import type { Append, ExpectedRevision, NewEvent } from '../port.js';

/** Writes streams whose events name the hash of the one before, as the runtime does. */
export class ChainedStream {
  private revision = -1;
  private previous: string | null = null;

  constructor(readonly name: string) {}

  get expected(): ExpectedRevision {
    return this.revision === -1 ? 'noStream' : this.revision;
  }

  /** The next append; it counts as done from now on. */
  next(count: number, text = ''): Append {
    const { expected } = this;
    const events = Array.from({ length: count }, () => this.event(text));
    return { stream: this.name, expected, events };
  }

  private event(text: string): NewEvent {
    const event = {
      id: randomUUID(),
      type: `tests/Kind${String(this.revision % 3)}@1`,
      data: JSON.stringify({ text, number: this.revision }),
      metadata: JSON.stringify({
        envelope: 1,
        actor: { user: `u-${String(this.revision % 5)}` },
        previous: this.previous,
      }),
    };
    this.revision += 1;
    this.previous = chainHash({ ...event, stream: this.name, revision: this.revision });
    return event;
  }
}
