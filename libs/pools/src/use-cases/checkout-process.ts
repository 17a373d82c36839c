import type { CommandContext, Json } from '#kernel';
import { running, type RunningProcess } from '#runtime';
import { Injectable } from '@nestjs/common';
import { checkoutStream } from '../checkout/checkout.decider.js';
import { checkoutSaga } from '../processes/checkout.saga.js';
import { HoldResolution } from './hold-resolution.js';

interface ShareOf {
  readonly attempt: string;
  readonly pool: string;
}

/** Carries out what the checkout saga wants. Everything may come again: the deciders recognise it. */
@Injectable()
export class CheckoutProcess {
  readonly running: RunningProcess;

  constructor(private readonly resolution: HoldResolution) {
    this.running = running(checkoutSaga, {
      handlers: { settle: (input, context) => this.settle(input, context) },
      onTimer: { 'checkout-deadline': ({ payload }, context) => this.atDeadline(payload, context) },
    });
  }

  private async settle(input: Json, context: CommandContext): Promise<void> {
    const { attempt, pool } = input as unknown as ShareOf;
    const decided = await this.resolution.decision(checkoutStream(attempt));
    if (decided === undefined) throw new Error(`${checkoutStream(attempt)} is decided and cannot be read back`);
    await this.resolution.settle(pool, attempt, decided, context);
  }

  private async atDeadline(payload: Json, context: CommandContext): Promise<void> {
    const { attempt, pool, decidedBy } = payload as unknown as ShareOf & { readonly decidedBy: string };
    const decided =
      (await this.resolution.decision(decidedBy)) ??
      (await this.resolution.decideFailure(decidedBy, [pool], 'deadline', context));
    await this.resolution.settle(pool, attempt, decided, context);
  }
}
