import { CommandExecutor, deriveUuid, leasebookNamespace, firstMissing } from '#runtime';
import { Injectable } from '@nestjs/common';
import { isForgotten, onDemand, onDemandStream } from '../on-demand/on-demand.decider.js';

export interface RequestPlace {
  readonly stream: string;
  readonly generation: number;
}

/** Where requests are in the log: clients choose their ids, and may use them again once they are forgotten (C16). */
@Injectable()
export class OnDemandRequests {
  constructor(private readonly executor: CommandExecutor) {}

  /** The latest request of that id that is not forgotten; undefined: there is none. */
  async find(requestId: string, now: number): Promise<RequestPlace | undefined> {
    const { latest, isFree } = await this.latest(requestId, now);
    return isFree ? undefined : latest;
  }

  /** Where to put a new request of that id; it is refused there if one is open or kept. */
  async placeFor(requestId: string, now: number): Promise<RequestPlace> {
    const { latest, isFree } = await this.latest(requestId, now);
    return isFree ? place(requestId, latest.generation + 1) : latest;
  }

  private async latest(
    requestId: string,
    now: number,
  ): Promise<{ readonly latest: RequestPlace; readonly isFree: boolean }> {
    const missing = await firstMissing(1, async (generation) => {
      const { stream } = place(requestId, generation);
      return this.executor.look(onDemand, stream, (state) => state !== undefined);
    });
    const latest = place(requestId, missing - 1);
    if (latest.generation === 0) return { latest, isFree: true };
    const isFree = await this.executor.look(
      onDemand,
      latest.stream,
      (state) => state === undefined || isForgotten(state, now),
    );
    return { latest, isFree };
  }
}

const plainId = /^[A-Za-z0-9_-]{1,64}$/;

function place(requestId: string, generation: number): RequestPlace {
  const key = plainId.test(requestId) ? requestId : deriveUuid(leasebookNamespace, `on-demand\n${requestId}`);
  return { stream: onDemandStream(key, generation), generation };
}
