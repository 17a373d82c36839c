import { randomUUID } from 'node:crypto';
import type { Clock, CommandContext } from '#kernel';
import type { CommandExecutor } from '#runtime';
import { loginRefusalsAggregate, loginRefusalsStream } from './login-refusals.aggregate.js';
import type { LoginRefused } from './login-refusals.events.js';

export type RefusedLogin = Pick<LoginRefused['data'], 'userId' | 'method'>;

interface Pending {
  readonly login: RefusedLogin;
  context: CommandContext;
  count: number;
  firstAt: number;
  lastAt: number;
}

export interface JournalSettings {
  readonly windowMs: number;
  /** Refusals written at once within a window, and again so many summaries at its end. */
  readonly eventsPerWindow: number;
  /** Pairs of user and address told apart within a window. */
  readonly pairsPerWindow: number;
}

const defaults: JournalSettings = { windowMs: 60_000, eventsPerWindow: 30, pairsPerWindow: 1_000 };

/**
 * Records refused logins: the first of a user and address at once, further ones as a sum at the end of the window, and
 * what goes beyond the bounds as one sum without names.
 */
export class RefusalJournal {
  private readonly settings: JournalSettings;
  private readonly pending = new Map<string, Pending>();
  private others: Pending | undefined;
  private written = 0;
  private windowEndsAt = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly executor: CommandExecutor,
    private readonly clock: Clock,
    settings: Partial<JournalSettings> = {},
  ) {
    this.settings = { ...defaults, ...settings };
  }

  /** Never fails: a log that takes nothing does not turn a wrong password into another answer. */
  async note(login: RefusedLogin, context: CommandContext): Promise<void> {
    const now = this.clock.now();
    if (now >= this.windowEndsAt) await this.nextWindow(now);
    const key = `${login.method}\n${login.userId ?? ''}\n${context.clientAddress ?? ''}`;
    const known = this.pending.get(key);
    if (known === undefined && this.written < this.settings.eventsPerWindow) {
      this.written += 1;
      this.pending.set(key, { login, context, count: 0, firstAt: now, lastAt: now });
      await this.write({ ...login, count: 1, firstAt: now, lastAt: now }, context);
      return;
    }
    add(known ?? this.newPending(key, login, context), context, now);
  }

  /** Writes the sums; to be called before the server stops. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const sums = [...this.pending.values()].filter((each) => each.count > 0);
    const own = sums.slice(0, this.settings.eventsPerWindow);
    const rest = [...sums.slice(this.settings.eventsPerWindow), ...(this.others === undefined ? [] : [this.others])];
    this.pending.clear();
    this.others = undefined;
    const [first] = rest;
    if (first !== undefined) own.push(together(first, rest));
    for (const { login, context, count, firstAt, lastAt } of own)
      await this.write(
        { ...login, count, firstAt, lastAt },
        { ...context, commandId: randomUUID(), repeatable: false },
      );
  }

  private newPending(key: string, login: RefusedLogin, context: CommandContext): Pending {
    const fresh: Pending = { login, context, count: 0, firstAt: 0, lastAt: 0 };
    if (this.pending.size < this.settings.pairsPerWindow) {
      this.pending.set(key, fresh);
      return fresh;
    }
    return (this.others ??= { ...fresh, login: { ...login, userId: null } });
  }

  private async nextWindow(now: number): Promise<void> {
    this.windowEndsAt = now + this.settings.windowMs;
    await this.flush();
    this.written = 0;
    this.timer = setTimeout(() => void this.flush(), this.settings.windowMs);
    this.timer.unref();
  }

  private async write(data: LoginRefused['data'], context: CommandContext): Promise<void> {
    await this.executor.execute(loginRefusalsAggregate, loginRefusalsStream, data, context).catch(() => undefined);
  }
}

function add(pending: Pending, context: CommandContext, now: number): void {
  if (pending.count === 0) pending.firstAt = now;
  pending.count += 1;
  pending.lastAt = now;
  pending.context = context;
}

/** Several users and addresses in one: neither is named. */
function together(first: Pending, all: readonly Pending[]): Pending {
  return {
    login: { ...first.login, userId: null },
    context: { ...first.context, clientAddress: null },
    count: all.reduce((sum, each) => sum + each.count, 0),
    firstAt: Math.min(...all.map((each) => each.firstAt)),
    lastAt: Math.max(...all.map((each) => each.lastAt)),
  };
}
