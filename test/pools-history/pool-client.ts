import { ask, type Heard } from '../ask.js';
import { testAdminPassword } from '../server-process.js';
import type { Operation } from './history.type.js';
import { aliases, pools } from './lab.js';
import type { ServerInTurns } from '../server-in-turns.js';

const basic = { authorization: `Basic ${Buffer.from(`admin:${testAdminPassword}`).toString('base64')}` };

type Unsigned = Operation extends infer O ? (O extends Operation ? Omit<O, 'client' | 'heardAt'> : never) : never;

/** A client of the vmpooler face that keeps book of everything. After a broken connection it looks what runs under its token. */
export class PoolClient {
  private token = '';
  private held: string[] = [];
  private unsure = false;

  constructor(
    private readonly number: number,
    private readonly server: ServerInTurns,
    private readonly random: () => number,
    private readonly book: Operation[],
  ) {}

  async work(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      if (this.token === '') this.token = await this.newToken();
      while (this.unsure) await this.look();
      await this.step();
    }
  }

  private async newToken(): Promise<string> {
    for (;;) {
      const heard = await ask(await this.server.url(), 'POST', '/api/v3/token', basic);
      if (heard?.status === 200) return heard.body.token as string;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  private async step(): Promise<void> {
    const dice = this.random();
    const vm = this.one(this.held);
    if (dice < 0.45 || vm === undefined) return this.checkOut();
    if (dice < 0.86) return this.giveBack(vm);
    if (dice < 0.9) return this.other('PUT', `/vm/${vm}`, JSON.stringify({ lifetime: 1 + this.below(90) }));
    if (dice < 0.93)
      return this.other('PUT', `/vm/${vm}`, JSON.stringify({ tags: { run: `r${String(this.below(9))}` } }));
    if (dice < 0.96) return this.other('GET', `/vm/${vm}`);
    if (dice < 0.98) return this.other('DELETE', '/vm/no-such-machine');
    if (dice < 0.985) return this.other('POST', '/poolreset', JSON.stringify({ [this.pool()]: '1' }));
    return this.other('GET', '/status');
  }

  private async checkOut(): Promise<void> {
    const wanted = this.wish();
    const names = [...wanted].flatMap(([name, count]) => Array.from({ length: count }, () => name));
    const { token } = this;
    const byPath = this.random() < 0.5;
    const sentAt = performance.now();
    const heard = byPath
      ? await this.ask('POST', `/vm/${names.join('+')}`)
      : await this.ask('POST', '/vm', JSON.stringify(Object.fromEntries(wanted)));
    const given = new Map<string, readonly string[]>();
    if (heard?.status === 200) {
      for (const [name, value] of Object.entries(heard.body)) {
        if (name === 'ok') continue;
        const vms = [(value as { hostname: string | string[] }).hostname].flat();
        given.set(name, vms);
        this.held.push(...vms);
      }
    }
    this.note({ kind: 'check-out', wanted, given, token, sentAt, answered: heard?.status });
  }

  private wish(): ReadonlyMap<string, number> {
    const dice = this.random();
    if (dice < 0.55) return new Map([[this.pool(), 1 + this.below(2)]]);
    if (dice < 0.7) return new Map([[this.one(aliases) ?? '', 1 + this.below(3)]]);
    const wanted = new Map<string, number>();
    for (let n = 0; n < 2 + this.below(2); n += 1) wanted.set(this.pool(), 1 + this.below(2));
    if (dice > 0.92) wanted.set(this.one(aliases) ?? '', 1);
    return wanted;
  }

  private async giveBack(vm: string): Promise<void> {
    const { token } = this;
    const sentAt = performance.now();
    const heard = await this.ask('DELETE', `/vm/${vm}`);
    this.held = this.held.filter((each) => each !== vm);
    this.note({ kind: 'return', vm, token, sentAt, answered: heard?.status });
  }

  private async other(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: string): Promise<void> {
    const { token } = this;
    const sentAt = performance.now();
    const heard = await this.ask(method, path, body);
    this.note({ kind: 'other', what: `${method} ${path}`, token, sentAt, answered: heard?.status });
  }

  private async ask(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: string,
  ): Promise<Heard | undefined> {
    const version = 1 + this.below(3);
    const headers = { 'x-auth-token': this.token };
    return ask(await this.server.url(), method, `/api/v${String(version)}${path}`, headers, body);
  }

  private note(operation: Unsigned): void {
    this.book.push({ ...operation, client: this.number, heardAt: performance.now() });
    if (operation.answered === undefined || operation.answered >= 500) this.unsure ||= operation.kind !== 'other';
  }

  /** After what may have happened or not: the token tells. */
  private async look(): Promise<void> {
    const { token } = this;
    const sentAt = performance.now();
    const heard = await this.ask('GET', `/token/${token}`);
    const shown = heard?.body[token] as { vms?: { running?: string[] } } | undefined;
    const running = new Map<string, string>();
    for (const vm of shown?.vms?.running ?? []) {
      const record = (await this.ask('GET', `/vm/${vm}`))?.body[vm] as { template: string } | undefined;
      // Gone again: then all of it is asked anew.
      if (record === undefined) return;
      running.set(vm, record.template);
    }
    if (heard?.status === 200) {
      this.held = [...running.keys()];
      this.unsure = false;
    }
    const answered = heard?.status;
    this.book.push({ kind: 'look', running, token, sentAt, answered, client: this.number, heardAt: performance.now() });
  }

  private pool(): string {
    return this.one(pools)?.name ?? '';
  }

  private one<T>(of: readonly T[]): T | undefined {
    return of[this.below(of.length)];
  }

  private below(bound: number): number {
    return Math.floor(this.random() * bound);
  }
}
