import type { CommandContext, Facts, Refused } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { floatingIps, floatingIpsStream } from '../../floating-ips/floating-ips.aggregate.js';
import type { AddressWish } from '../../floating-ips/floating-ips.commands.js';
import { heldAddressesOf } from '../../floating-ips/floating-ips.looks.js';
import { hostCalendar } from '../../host-calendar/host-calendar.aggregate.js';
import type { HostWish, PickedShares } from '../../host-calendar/host-calendar.commands.js';
import { heldBy } from '../../host-calendar/host-calendar.looks.js';
import {
  RESERVATIONS_SETTINGS,
  RESERVATIONS_WORLD,
  type ReservationsSettings,
  type ReservationsWorld,
} from '../../reservations.settings.js';
import { recognisedContext } from '../derived-context.js';
import type { Attempt, HoldFailure, StreamHold, UndecidedHold } from './attempt.js';

/** What is to be held in one stream. */
export type StreamWish =
  | { readonly kind: 'addresses'; readonly wishes: readonly AddressWish[] }
  | { readonly kind: 'hosts'; readonly wishes: readonly HostWish[]; readonly picked: readonly PickedShares[] };

/** One append in one stream, or why there is none. */
@Injectable()
export class StreamHolds {
  constructor(
    private readonly executor: CommandExecutor,
    @Inject(RESERVATIONS_SETTINGS) private readonly settings: ReservationsSettings,
    @Inject(RESERVATIONS_WORLD) private readonly world: ReservationsWorld,
  ) {}

  /** Undefined: held, and noted in the attempt. */
  hold(attempt: Attempt, stream: string, wish: StreamWish, context: CommandContext): Promise<HoldFailure | undefined> {
    return wish.kind === 'addresses'
      ? this.holdAddresses(attempt, wish.wishes, context)
      : this.holdHosts(attempt, stream, wish, context);
  }

  private async holdHosts(
    attempt: Attempt,
    stream: string,
    { wishes, picked }: Extract<StreamWish, { kind: 'hosts' }>,
    context: CommandContext,
  ): Promise<HoldFailure | undefined> {
    const { id, decidedBy, deadline, leaseId } = attempt;
    const { cleaningMinutes, randomizeHosts } = this.settings;
    const cleaningMs = cleaningMinutes * 60_000;
    const dice = randomizeHosts ? this.world.random() : null;
    const at = this.world.now();
    const outcome = await this.executor.execute(
      hostCalendar,
      stream,
      { type: 'hold', attempt: id, decidedBy, deadline, leaseId, wishes, picked, cleaningMs, dice, at },
      recognisedContext(context, `hold\n${id}\n${stream}`),
      (state) => heldBy(state, id),
    );
    if (outcome.kind === 'refused') return failureOf(outcome, stream);
    if (outcome.answer === undefined) return stale;
    const hosts = new Map(outcome.answer.map((its) => [its.reservationId, its.hosts]));
    attempt.held.set(stream, { hosts, addresses: new Map() });
    return picked.every(({ reservationId, shares }) => hosts.get(reservationId)?.length === shares.length)
      ? undefined
      : stale;
  }

  private async holdAddresses(
    attempt: Attempt,
    wishes: readonly AddressWish[],
    context: CommandContext,
  ): Promise<HoldFailure | undefined> {
    const { id, decidedBy, deadline, leaseId } = attempt;
    const outcome = await this.executor.execute(
      floatingIps,
      floatingIpsStream,
      { type: 'hold', attempt: id, decidedBy, deadline, leaseId, wishes, at: this.world.now() },
      recognisedContext(context, `hold\n${id}\n${floatingIpsStream}`),
      (state) => heldAddressesOf(state, id),
    );
    if (outcome.kind === 'refused') return failureOf(outcome, floatingIpsStream);
    if (outcome.answer === undefined) return stale;
    const addresses = new Map(outcome.answer.map((its) => [its.reservationId, its.addresses]));
    attempt.held.set(floatingIpsStream, { hosts: new Map(), addresses });
    return undefined;
  }
}

const stale: HoldFailure = { kind: 'stale', code: 'busy', facts: {} };

function failureOf({ code, facts }: Refused, stream: string): HoldFailure {
  if (code === 'attempt-decided') return stale;
  if (code === 'shares-gone') return { kind: 'stale', code: 'not-enough-hosts', facts };
  if (code !== 'held-by-others') return { kind: 'short', code, facts };
  const shortage = stream === floatingIpsStream ? 'not-enough-floating-ips' : 'not-enough-hosts';
  const { reservationId } = facts;
  return { kind: 'waiting', code: shortage, facts: { reservationId }, holds: othersHolds(stream, facts) };
}

/** Of a refusal `held-by-others`. */
function othersHolds(stream: string, { holds }: Facts): StreamHold[] {
  const named = (holds ?? []) as unknown as readonly UndecidedHold[];
  return named.map(({ attempt, decidedBy, deadline }) => ({ stream, attempt, decidedBy, deadline }));
}
