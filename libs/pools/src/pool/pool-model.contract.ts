import type { CheckoutFacts, DayFigures, PoolEvent, TagFigure } from './pool.events.js';

type Queue = 'pending' | 'ready' | 'held' | 'running' | 'completed';

interface ModelVm {
  readonly vmId: string;
  queue: Queue;
  /** How many machines were ready before it. */
  order: number;
  holders: number;
}

/** A pool as somebody would tell it who reads its events one by one, without any look-up made for speed. */
export class PoolModel {
  readonly vms = new Map<string, ModelVm>();
  readonly wrong: string[] = [];
  private readonly holds = new Map<string, readonly string[]>();
  private readonly durations = new Map<string, number[]>();
  private readonly tags: { readonly day: string; readonly pair: string; readonly key: string; value: string }[] = [];
  private readyBefore = 0;

  get ready(): readonly string[] {
    return [...this.vms]
      .filter(([, { queue }]) => queue === 'ready')
      .sort(([, one], [, other]) => one.order - other.order)
      .map(([name]) => name);
  }

  read(event: PoolEvent): void {
    const { type, data } = event;
    switch (type) {
      case 'VmRequested': {
        this.appear(data.vm.name, data.vm.vmId, 'pending');
        return;
      }
      case 'VmDiscovered': {
        this.appear(data.name, data.vmId, 'completed');
        return;
      }
      case 'VmCloned': {
        this.count(`clone ${data.figures.day}`, data.seconds, data.figures);
        return;
      }
      case 'VmReady':
        this.vm(data.name).order = this.readyBefore += 1;
        this.move([data.name], ['pending'], 'ready');
        {
          this.count(`boot ${data.figures.day}`, data.seconds, data.figures);
          return;
        }
      case 'VmDelivered':
        this.take([data.name], 'pending', data.checkout);
        {
          this.count(`boot ${data.figures.day}`, data.seconds, data.figures);
          return;
        }
      case 'VmsHeld':
        this.holds.set(data.attempt, data.vms);
        {
          this.move(data.vms, ['ready'], 'held');
          return;
        }
      case 'VmsReturned':
        this.expect(`hold ${data.attempt}`, data.vms, this.holds.get(data.attempt));
        {
          this.move(data.vms, ['held'], 'ready');
          return;
        }
      case 'HoldConfirmed': {
        this.take(this.holds.get(data.attempt) ?? [], 'held', data.checkout);
        return;
      }
      case 'VmsCheckedOut': {
        this.take(
          data.vms.map(({ name }) => name),
          'ready',
          data.checkout,
        );
        return;
      }
      case 'VmsRetired': {
        this.move(data.vms, ['pending', 'ready', 'running', 'completed'], 'completed');
        return;
      }
      case 'VmDestroyed':
        this.move([data.record.name], ['completed'], 'completed');
        this.vms.delete(data.record.name);
        return;
      case 'VmModified': {
        this.tag(data.name, data.tags, data.figures);
        return;
      }
      default:
        return;
    }
  }

  private vm(name: string): ModelVm {
    const vm = this.vms.get(name);
    if (vm === undefined) throw new Error(`no machine ${name}`);
    return vm;
  }

  private appear(name: string, vmId: string, queue: Queue): void {
    if (this.vms.has(name)) this.wrong.push(`two machines ${name}`);
    this.vms.set(name, { vmId, queue, order: 0, holders: 0 });
  }

  private move(names: readonly string[], from: readonly Queue[], to: Queue): void {
    if (new Set(names).size !== names.length) this.wrong.push(`named twice: ${names.join()}`);
    for (const name of names) {
      const vm = this.vm(name);
      if (!from.includes(vm.queue)) this.wrong.push(`${name}: ${vm.queue} → ${to}`);
      vm.queue = to;
    }
  }

  private take(names: readonly string[], from: Queue, { checkoutId }: CheckoutFacts): void {
    this.move(names, [from], 'running');
    for (const name of names) {
      const vm = this.vm(name);
      vm.holders += 1;
      if (vm.holders > 1) this.wrong.push(`${name} was given again, by ${checkoutId}`);
    }
  }

  private count(table: string, seconds: number, { count, total, min, max }: DayFigures): void {
    const all = [...(this.durations.get(table) ?? []), seconds];
    this.durations.set(table, all);
    const sum = all.reduce((hundredths, each) => hundredths + Math.round(each * 100), 0) / 100;
    this.expect(table, [count, total, min, max], [all.length, sum, Math.min(...all), Math.max(...all)]);
  }

  private tag(name: string, tags: Readonly<Record<string, string>>, figures: readonly TagFigure[]): void {
    const [first] = figures;
    if (first === undefined) return;
    const { day } = first;
    for (const [key, value] of Object.entries(tags)) {
      const known = this.tags.find((each) => each.day === day && each.pair === `${name}:${key}`);
      if (known === undefined) this.tags.push({ day, pair: `${name}:${key}`, key, value });
      else known.value = value;
    }
    for (const { key, value, count } of figures) {
      const pairs = this.tags.filter((each) => each.day === day && each.key === key && each.value === value);
      this.expect(`tag ${key}=${value} on ${day}`, count, pairs.length);
    }
  }

  private expect(what: string, told: unknown, counted: unknown): void {
    const [one, other] = [JSON.stringify(told), JSON.stringify(counted)];
    if (one !== other) this.wrong.push(`${what}: ${one}, but ${other}`);
  }
}
