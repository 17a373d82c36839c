import type { CommandContext } from '#kernel';
import {
  CheckOutVms,
  DeleteOnDemandRequest,
  ModifyVm,
  OverridePools,
  RequestOnDemandVms,
  ResetPools,
  ReturnVm,
  SnapshotVm,
  type PoolHolder,
  type WantedVms,
} from '#pools';
import { systemContext } from '#runtime';
import type { Dice } from '../dice.js';
import type { SimulatedProcess } from '../simulated-process.js';

/** What a client asked for. Without an answer the server died first, or has not got there. */
export interface Wish {
  readonly commandId: string;
  readonly repeatable: boolean;
  readonly wanted: readonly WantedVms[];
  answer:
    | { readonly kind: 'given'; readonly vms: readonly (readonly [requestedAs: string, name: string, fence: string])[] }
    | { readonly kind: 'refused'; readonly code: string }
    /** An exception: the outcome is not known. */
    | { readonly kind: 'failed'; readonly error: string }
    | undefined;
}

/** Clients that do anything at any time, and remember what they were told. */
export class Clients {
  readonly wishes: Wish[] = [];
  readonly requests: { readonly id: string; readonly wanted: readonly WantedVms[]; accepted: boolean }[] = [];
  private readonly held: string[] = [];
  private made = 0;

  constructor(
    private readonly names: { readonly pools: readonly string[]; readonly aliases: readonly string[] },
    private readonly chance: Dice,
    private readonly uuid: () => string,
    private readonly now: () => number,
  ) {}

  act(server: SimulatedProcess): void {
    const roll = this.chance.random();
    if (roll < 0.5) this.checkOut(server);
    else if (roll < 0.7) this.giveBack(server);
    else if (roll < 0.76) this.again(server);
    else if (roll < 0.84) this.request(server);
    else if (roll < 0.87) this.deleteRequest(server);
    else if (roll < 0.92) this.modify(server);
    else if (roll < 0.95) this.tell(server, new ResetPools(this.context(), [this.chance.one(this.names.pools) ?? '']));
    else this.tell(server, this.resize());
  }

  /** The same command again, as a client does that heard nothing. */
  private again(server: SimulatedProcess): void {
    const wish = this.chance.one(
      this.wishes.filter(({ repeatable, answer }) => repeatable && answer?.kind !== 'given'),
    );
    if (wish === undefined) return;
    wish.answer = undefined;
    this.ask(server, wish);
  }

  private checkOut(server: SimulatedProcess): void {
    const wish: Wish = {
      commandId: this.uuid(),
      repeatable: this.chance.random() < 0.3,
      wanted: this.wanted(),
      answer: undefined,
    };
    this.wishes.push(wish);
    this.ask(server, wish);
  }

  private ask(server: SimulatedProcess, wish: Wish): void {
    const context = this.context({
      commandId: wish.commandId,
      repeatable: wish.repeatable,
      correlationId: wish.commandId,
    });
    const holder: PoolHolder | null =
      this.chance.random() < 0.5
        ? {
            tokenHash: `hash-${String(this.chance.below(5))}`,
            userId: 'ann',
            projectId: null,
            name: 'ann',
            administrator: false,
          }
        : null;
    server.commands.execute(new CheckOutVms(context, wish.wanted, holder)).then(
      (outcome) => {
        if (outcome.kind === 'refused') {
          wish.answer = { kind: 'refused', code: outcome.code };
          return;
        }
        const vms = outcome.answer.taken.flatMap(({ name, vms: each }) =>
          each.map((vm) => [name, vm.name, vm.fencingToken] as const),
        );
        wish.answer = { kind: 'given', vms };
        this.held.push(...vms.map(([, name]) => name));
      },
      (error: unknown) => {
        wish.answer = { kind: 'failed', error: String(error) };
      },
    );
  }

  private wanted(): readonly WantedVms[] {
    const { chance, names } = this;
    const wanted = new Map<string, number>();
    for (let n = 0; n <= chance.below(3); n += 1) {
      const name = chance.random() < 0.7 ? chance.one(names.pools) : chance.one(names.aliases);
      wanted.set(name ?? '', 1 + chance.below(2));
    }
    return Array.from(wanted, ([name, count]) => ({ name, count }));
  }

  private giveBack(server: SimulatedProcess): void {
    if (this.held.length === 0) return;
    const [name = ''] = this.held.splice(this.chance.below(this.held.length), 1);
    this.tell(server, new ReturnVm(this.context(), name, { userId: 'ann', administrator: true }));
  }

  private modify(server: SimulatedProcess): void {
    const name = this.chance.one(this.held);
    if (name === undefined) return;
    const toucher = { userId: 'ann', administrator: true };
    if (this.chance.random() < 0.3) this.tell(server, new SnapshotVm(this.context(), name, toucher));
    else this.tell(server, new ModifyVm(this.context(), name, { lifetime: 1, tags: { run: 'x' } }, toucher));
  }

  private request(server: SimulatedProcess): void {
    this.made += 1;
    const id = `request-${String(this.made)}`;
    const request = { id, wanted: this.wanted(), accepted: false };
    this.requests.push(request);
    server.commands.execute(new RequestOnDemandVms(this.context(), request.wanted, id, null)).then(
      (outcome) => {
        request.accepted = outcome.kind === 'accepted';
      },
      () => undefined,
    );
  }

  private deleteRequest(server: SimulatedProcess): void {
    const request = this.chance.one(this.requests);
    if (request !== undefined) this.tell(server, new DeleteOnDemandRequest(this.context(), request.id, null));
  }

  private resize(): OverridePools {
    const values = new Map([[this.chance.one(this.names.pools) ?? '', this.chance.below(6)]]);
    return new OverridePools(this.context(), { setting: 'size', values });
  }

  private tell(server: SimulatedProcess, command: Parameters<SimulatedProcess['commands']['execute']>[0]): void {
    server.commands.execute(command).catch(() => undefined);
  }

  private context(more: Partial<CommandContext> = {}): CommandContext {
    const commandId = this.uuid();
    return { ...systemContext(this.now()), commandId, correlationId: commandId, ...more };
  }
}
