import { Inject, Injectable } from '@nestjs/common';
import type { CommandAccepted, CommandOutcome, DomainEvent } from '#kernel';
import { RESERVATIONS_SETTINGS, type ReservationsRefusal, type ReservationsSettings } from '#reservations';
import { BLAZAR_FACE_SETTINGS, type BlazarFaceSettings } from './blazar.settings.js';
import { errorOf } from './blazar.refusals.js';
import type { BlazarRequest } from './pipeline/blazar-request.js';

/** What the controllers of this face share. */
@Injectable()
export class BlazarFace {
  /** Statuses of answers to POST and to PUT. */
  readonly created: 201 | 202;
  readonly changed: 200 | 202;

  constructor(
    @Inject(BLAZAR_FACE_SETTINGS) { codes }: BlazarFaceSettings,
    @Inject(RESERVATIONS_SETTINGS) private readonly settings: Pick<ReservationsSettings, 'clock'>,
  ) {
    this.created = codes === 'seed' ? 202 : 201;
    this.changed = codes === 'seed' ? 202 : 200;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.settings.clock.now();
  }
}

type Outcome<Answer> = CommandOutcome<DomainEvent, ReservationsRefusal, Answer>;

/** Throws what a refusal is answered with. */
export function accepted<Answer>(
  outcome: Outcome<Answer>,
  { row }: Pick<BlazarRequest, 'row'>,
): CommandAccepted<DomainEvent, Answer> {
  if (outcome.kind === 'refused') throw errorOf(outcome, row.rule);
  return outcome;
}
