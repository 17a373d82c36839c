import type { ProjectionRunner } from '#runtime';
import type { Logger } from 'pino';
import {
  ReadModelControl,
  type ReadModelAnswer,
  type ReadModelOrder,
  type ReadModelStatus,
} from './read-model-control.js';

/** Orders go on in the background: a rebuild may take longer than any client waits. */
export class RuntimeReadModels extends ReadModelControl {
  /** Retries and skips under way; the runner itself knows its rebuilds. */
  private readonly busy = new Set<string>();

  constructor(
    private readonly runner: Pick<ProjectionRunner, 'status' | 'retry' | 'skip' | 'rebuild'>,
    private readonly logger: Pick<Logger, 'info' | 'error'>,
  ) {
    super();
  }

  status(): readonly ReadModelStatus[] {
    return this.runner.status();
  }

  order(name: string, order: ReadModelOrder): ReadModelAnswer {
    const model = this.runner.status().find((each) => each.name === name);
    if (model === undefined) return 'unknown';
    if (model.rebuilding || this.busy.has(name)) return 'rebuilding';
    if (order !== 'rebuild' && model.parked === undefined) return 'not-parked';
    this.busy.add(name);
    this.logger.info({ readModel: name, order }, 'a read model was given an order');
    void this.carryOut(name, order).then(
      () => {
        this.busy.delete(name);
        this.logger.info({ readModel: name, order }, 'the order was carried out');
      },
      (error: unknown) => {
        this.busy.delete(name);
        this.logger.error({ readModel: name, order, err: error }, 'the order failed');
      },
    );
    return 'begun';
  }

  private carryOut(name: string, order: ReadModelOrder): Promise<void> {
    return order === 'rebuild' ? this.runner.rebuild([name]) : this.runner[order](name);
  }
}
