import type { CommandContext } from '#kernel';
import { ChangeService } from '#inventory';
import {
  CreateLease,
  DeleteLease,
  EnrolHost,
  UpdateLease,
  WithdrawHost,
  type Caller,
  type LeaseChange,
  type LeaseFacts,
  type RawReservation,
  type WantedLease,
} from '#reservations';
import { systemContext } from '#runtime';
import type { Dice } from '../dice.js';
import type { SimulatedProcess } from '../simulated-process.js';

/** A creation, and what was told of it. Without an answer the server died first, or has not got there. */
export interface Wish {
  readonly commandId: string;
  readonly repeatable: boolean;
  readonly wanted: WantedLease;
  answer:
    | { readonly kind: 'created'; readonly lease: LeaseFacts }
    | { readonly kind: 'refused'; readonly code: string }
    /** An exception: the outcome is not known. */
    | { readonly kind: 'failed'; readonly error: string }
    | undefined;
}

export const network = '00000000-0000-4000-8000-0000000000aa';
const minute = 60_000;
const caller: Caller = { userId: 'ann', projectId: 'lab', administrator: false };

/** Clients that do anything at any time, and remember what they were told. */
export class Clients {
  readonly wishes: Wish[] = [];
  /** What was refused, by code, and how often: so that a run tells what it tried. */
  readonly codes = new Map<string, number>();
  private made = 0;

  constructor(
    private readonly hosts: readonly string[],
    private readonly chance: Dice,
    private readonly uuid: () => string,
    private readonly now: () => number,
  ) {}

  act(server: SimulatedProcess): void {
    const roll = this.chance.random();
    if (roll < 0.05) this.createRow(server);
    else if (roll < 0.42) this.create(server);
    else if (roll < 0.48) this.again(server);
    else if (roll < 0.74) this.change(server);
    else if (roll < 0.86) this.remove(server);
    else if (roll < 0.9) this.tell(server, new EnrolHost(this.context(), { name: this.host(), capabilities: [] }));
    else if (roll < 0.92) this.withdraw(server);
    else this.changeService(server);
  }

  enrolAll(server: SimulatedProcess): void {
    for (const name of this.hosts) this.tell(server, new EnrolHost(this.context(), { name, capabilities: [] }));
  }

  /** All services up again, so that everything can come to its end. */
  repairAll(server: SimulatedProcess): void {
    for (let number = 1; number <= this.hosts.length; number += 1)
      this.tell(server, new ChangeService(this.context(), String(number), { kind: 'enable' }));
  }

  /** Leases of one host, later than most others, each of which begins when the one before ends. */
  private createRow(server: SimulatedProcess): void {
    const { chance } = this;
    const filter = JSON.stringify(['==', '$hypervisor_hostname', this.host()]);
    const reservation = { resource_type: 'physical:host', min: 1, max: 1, ...texts, hypervisor_properties: filter };
    let startsAt = this.minute() + (5 + chance.below(4)) * 1440 * minute;
    for (let n = 0; n < 3; n += 1) {
      const endsAt = startsAt + (1 + chance.below(600)) * minute;
      this.made += 1;
      this.create(server, { name: `lease ${String(this.made)}`, startsAt, endsAt, reservations: [reservation] });
      startsAt = endsAt;
    }
  }

  private create(server: SimulatedProcess, wanted = this.wanted()): void {
    const commandId = this.uuid();
    const repeatable = this.chance.random() < 0.3;
    const wish: Wish = { commandId, repeatable, wanted, answer: undefined };
    this.wishes.push(wish);
    this.ask(server, wish);
  }

  /** The same command again, as a client does that heard nothing. */
  private again(server: SimulatedProcess): void {
    const wish = this.chance.one(
      this.wishes.filter(({ repeatable, answer }) => repeatable && answer?.kind !== 'created'),
    );
    if (wish === undefined) return;
    wish.answer = undefined;
    this.ask(server, wish);
  }

  private ask(server: SimulatedProcess, wish: Wish): void {
    const { commandId, repeatable } = wish;
    const context = this.context({ commandId, repeatable, correlationId: commandId });
    server.commands.execute(new CreateLease(context, caller, wish.wanted)).then(
      (outcome) => {
        if (outcome.kind === 'refused') {
          this.count(outcome.code);
          wish.answer = { kind: 'refused', code: outcome.code };
          return;
        }
        wish.answer = { kind: 'created', lease: outcome.answer };
      },
      (error: unknown) => {
        wish.answer = { kind: 'failed', error: String(error) };
      },
    );
  }

  /** On full minutes, close together, so that leases meet: some begin now, most within two days. */
  private wanted(): WantedLease {
    const { chance } = this;
    const now = this.minute();
    const startsAt = chance.random() < 0.25 ? now : now + chance.below(2 * 1440) * minute;
    const endsAt = startsAt + (1 + chance.below(chance.random() < 0.5 ? 30 : 3 * 1440)) * minute;
    this.made += 1;
    const reservations = Array.from({ length: chance.random() < 0.15 ? 2 : 1 }, () => this.reservation());
    return {
      name: `lease ${String(this.made)}`,
      startsAt,
      endsAt,
      reservations: chance.random() < 0.05 ? [] : reservations,
    };
  }

  private reservation(): RawReservation {
    const { chance } = this;
    const roll = chance.random();
    if (roll < 0.65) {
      const min = 1 + chance.below(3);
      const beforeEnd = chance.one(['default', 'snapshot', '']);
      const max = min + chance.below(3);
      return { resource_type: 'physical:host', min, max, before_end: beforeEnd, ...texts };
    }
    if (roll < 0.85) {
      const size = { vcpus: 1 + chance.below(8), memory_mb: 1024, disk_gb: 10 };
      const affinity = chance.one([true, false, null]);
      return { resource_type: 'virtual:instance', amount: 1 + chance.below(4), affinity, ...size, ...texts };
    }
    return { resource_type: 'virtual:floatingip', network_id: network, amount: 1 + chance.below(2) };
  }

  private change(server: SimulatedProcess): void {
    const lease = this.lease();
    if (lease === undefined) return;
    const { chance } = this;
    const { startsAt, endsAt, reservations, id } = lease;
    const shift = (1 + chance.below(600)) * minute;
    const change = chance.one<LeaseChange>([
      { startsAt: startsAt + shift, endsAt: endsAt + shift },
      { startsAt: startsAt - shift },
      { endsAt: endsAt + shift },
      { endsAt: Math.max(startsAt + minute, endsAt - shift) },
      { beforeEndAt: endsAt - minute },
      { name: `renamed ${String(this.made)}` },
      { reservations: reservations.map((each) => ({ id: each.id, min: 1, max: 1 + chance.below(5) })) },
      { endsAt: this.minute() + minute },
    ]);
    if (change !== undefined) this.tell(server, new UpdateLease(this.context(), caller, id, change));
  }

  private remove(server: SimulatedProcess): void {
    const lease = this.lease();
    if (lease !== undefined) this.tell(server, new DeleteLease(this.context(), caller, lease.id));
  }

  private withdraw(server: SimulatedProcess): void {
    this.tell(server, new WithdrawHost(this.context(), String(1 + this.chance.below(this.hosts.length))));
  }

  private changeService(server: SimulatedProcess): void {
    const kind = this.chance.random() < 0.35 ? ('disable' as const) : ('enable' as const);
    const change = kind === 'disable' ? { kind, reason: null } : { kind };
    this.tell(server, new ChangeService(this.context(), String(1 + this.chance.below(this.hosts.length)), change));
  }

  /** As it was created; what became of it since, the client does not know. */
  private lease(): LeaseFacts | undefined {
    const created = this.wishes.flatMap(({ answer }) => (answer?.kind === 'created' ? [answer.lease] : []));
    // Mostly the latest, which may still be changed.
    return this.chance.random() < 0.7 ? this.chance.one(created.slice(-6)) : this.chance.one(created);
  }

  private tell(server: SimulatedProcess, command: Parameters<SimulatedProcess['commands']['execute']>[0]): void {
    server.commands.execute<typeof command, { readonly code?: string }>(command).then(
      ({ code = `${command.constructor.name} done` }) => {
        this.count(code);
      },
      () => undefined,
    );
  }

  private count(code: string): void {
    this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
  }

  private host(): string {
    return this.chance.one(this.hosts) ?? '';
  }

  private minute(): number {
    return Math.floor(this.now() / minute) * minute;
  }

  private context(more: Partial<CommandContext> = {}): CommandContext {
    const commandId = this.uuid();
    return { ...systemContext(this.now()), commandId, correlationId: commandId, ...more };
  }
}

const texts = { hypervisor_properties: '', resource_properties: '' };
