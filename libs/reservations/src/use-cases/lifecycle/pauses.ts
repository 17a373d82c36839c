import type { ReservationsWorld } from '../../reservations.settings.js';

export interface Pause {
  /** False: it was ended early. */
  readonly ended: Promise<boolean>;
  cancel(): void;
}

/** Waiting that a stop ends. */
export class Pauses {
  stopped = false;
  private readonly pending = new Set<Pause>();

  constructor(private readonly world: ReservationsWorld) {}

  begin(ms: number): Pause {
    let end: (whole: boolean) => void = () => undefined;
    const ended = new Promise<boolean>((resolve) => {
      end = resolve;
    });
    const handle = this.world.setTimeout(() => {
      this.pending.delete(pause);
      end(true);
    }, ms);
    const pause: Pause = {
      ended,
      cancel: () => {
        this.world.clearTimeout(handle);
        this.pending.delete(pause);
        end(false);
      },
    };
    this.pending.add(pause);
    if (this.stopped) pause.cancel();
    return pause;
  }

  stop(): void {
    this.stopped = true;
    for (const pause of this.pending) pause.cancel();
  }
}
