import type { CommandContext, Json } from '#kernel';
import { CommandExecutor, running, systemContext, type RunningProcess } from '#runtime';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { hostCalendar, hostCalendarStream } from '../../host-calendar/host-calendar.aggregate.js';
import { hostFactsOf, reservationsOn, type ReservationOnHost } from '../../host-calendar/host-calendar.looks.js';
import { hostHealthSaga } from '../../processes/host-health.saga.js';
import {
  RESERVATIONS_SETTINGS,
  RESERVATIONS_WORLD,
  type ReservationsSettings,
  type ReservationsWorld,
} from '../../reservations.settings.js';
import { recognisedContext } from '../derived-context.js';
import { HostPartitions } from '../hosts/host-partitions.js';
import { accepted } from '../lifecycle/accepted.js';
import { freshContext } from '../lifecycle/fresh-context.js';
import { Lanes } from '../lifecycle/lanes.js';
import { ReservationHealing } from '../reservation-healing.js';
import { obstacleOf } from './host-obstacle.policy.js';

interface HostRef {
  readonly partition: string;
  readonly hostId: string;
}

/** A moment further away is looked for again by then. */
const longestWaitMs = 24 * 3_600_000;

/** Hosts whose hypervisors fail become unreservable, and their reservations get others (contracts/blazar §13). */
@Injectable()
export class HostHealth implements OnModuleDestroy {
  readonly running: RunningProcess;
  private readonly lanes = new Lanes();
  private readonly waits = new Map<string, unknown>();
  private readonly logger = new Logger('Reservations');
  private stopped = false;

  constructor(
    private readonly executor: CommandExecutor,
    private readonly hosts: HostPartitions,
    private readonly healing: ReservationHealing,
    @Inject(RESERVATIONS_SETTINGS) private readonly settings: ReservationsSettings,
    @Inject(RESERVATIONS_WORLD) private readonly world: ReservationsWorld,
  ) {
    this.running = running(hostHealthSaga, {
      handlers: { 'note-condition': (input, context) => this.noteCondition(input, context) },
      onTimer: { 'host-heal': ({ payload }, context) => this.heal(payload as unknown as HostRef, context) },
    });
  }

  onModuleDestroy(): void {
    this.stopped = true;
    for (const handle of this.waits.values()) this.world.clearTimeout(handle);
    this.waits.clear();
  }

  /** As its hypervisor is by now. */
  private async noteCondition(input: Json, context: CommandContext): Promise<void> {
    if (!this.settings.monitorsHosts) return;
    const card = await this.hosts.card((input as { readonly uuid: string }).uuid);
    if (card === undefined || card.use.partition === null) return;
    const hostId = String(card.number);
    const stream = hostCalendarStream(card.use.partition);
    const outcome = await this.executor.execute(
      hostCalendar,
      stream,
      { type: 'note-condition', hostId, obstacle: obstacleOf(card), at: this.world.now() },
      recognisedContext(context, `condition\n${hostId}`),
    );
    // Claimed and not enrolled (yet).
    if (outcome.kind === 'refused' && outcome.code === 'host-unknown') return;
    accepted(outcome, stream);
  }

  private heal(host: HostRef, context: CommandContext): Promise<void> {
    return this.lanes.run(keyOf(host), () => this.healDue(host, context));
  }

  /** Those in the healing interval; for the next one after it, this comes again. */
  private async healDue(host: HostRef, context: CommandContext): Promise<void> {
    if (!this.settings.monitorsHosts || this.stopped) return;
    const { hostId } = host;
    const now = this.world.now();
    const concerned = (await this.reservations(host)).filter(({ to }) => to > now);
    const intervalMs = this.settings.healingMinutes === 0 ? Infinity : this.settings.healingMinutes * 60_000;
    const failures: unknown[] = [];
    for (const { leaseId, reservationId } of concerned.filter(({ from }) => from - now <= intervalMs)) {
      const its = freshContext(context, this.world);
      await this.healing.heal(leaseId, reservationId, hostId, its).catch((error: unknown) => failures.push(error));
    }
    const later = concerned.map(({ from }) => from - intervalMs).filter((moment) => moment > now);
    if (later.length > 0) this.comeAgain(host, Math.min(...later) - now);
    if (failures.length > 0) throw failures[0];
  }

  private reservations({ partition, hostId }: HostRef): Promise<readonly ReservationOnHost[]> {
    return this.executor.look(hostCalendar, hostCalendarStream(partition), (state) =>
      hostFactsOf(state, hostId)?.reservable === false ? reservationsOn(state, hostId) : [],
    );
  }

  private comeAgain(host: HostRef, afterMs: number): void {
    const key = keyOf(host);
    this.world.clearTimeout(this.waits.get(key));
    const wait = () => {
      this.waits.delete(key);
      this.heal(host, systemContext(this.world.now())).catch((error: unknown) => {
        this.logger.warn(`host ${host.hostId} is looked at again later: ${String(error)}`);
      });
    };
    this.waits.set(key, this.world.setTimeout(wait, Math.min(afterMs, longestWaitMs)));
  }
}

function keyOf({ partition, hostId }: HostRef): string {
  return `${partition}/${hostId}`;
}
