import { Injectable } from '@nestjs/common';

/** Attempts of this process, by id: whoever waits for one need not ask the log. */
@Injectable()
export class AttemptsUnderWay {
  private readonly ends = new Map<string, Promise<void>>();

  /** Fulfilled, never rejected, when it is decided, and released if it failed; or when this process gave it up. */
  endOf(attempt: string): Promise<void> | undefined {
    return this.ends.get(attempt);
  }

  async during<T>(attempt: string, work: () => Promise<T>): Promise<T> {
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.ends.set(attempt, ended);
    try {
      return await work();
    } finally {
      if (this.ends.get(attempt) === ended) this.ends.delete(attempt);
      end();
    }
  }
}
