import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryEventStore } from '#event-store/adapters/memory';
import { MemoryVault, StoreCommandExecutor, systemContext } from '#runtime';
import { VirtualClock } from '#specs';
import { AddFloatingIp, RemoveFloatingIp } from '../contracts.js';
import { floatingIps, floatingIpsStream } from '../floating-ips/floating-ips.aggregate.js';
import type { FloatingIpsCommand } from '../floating-ips/floating-ips.commands.js';
import { leaseStream } from '../lease/lease.aggregate.js';
import {
  defaultReservationsSettings,
  type ReservationsSettings,
  type ReservationsWorld,
} from '../reservations.settings.js';
import { AddFloatingIpHandler } from './add-floating-ip.handler.js';
import { AttemptsUnderWay } from './allocation/attempts-under-way.js';
import { HoldResolution } from './allocation/hold-resolution.js';
import { Settlement } from './allocation/settlement.js';
import { RemoveFloatingIpHandler } from './remove-floating-ip.handler.js';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const networkId = '5a3c7c1e-9d0b-4a54-8f6e-2f7b7d1f0a11';
const subnetId = '8e1d7f0a-64a5-4d7e-9a9b-3c8a1d3f7e02';
const leaseId = 'b7e0c1a2-0000-4000-8000-000000000001';
const settings: ReservationsSettings = {
  ...defaultReservationsSettings,
  networks: [
    {
      ...{ id: networkId, name: 'public' },
      subnets: [
        {
          ...{ id: subnetId, cidr: '203.0.113.0/24', gateway: '203.0.113.1' },
          pools: [{ start: '203.0.113.10', end: '203.0.113.99' }],
        },
        { id: '8e1d7f0a-64a5-4d7e-9a9b-3c8a1d3f7e03', cidr: '2001:db8::/64', gateway: null, pools: [] },
      ],
    },
  ],
};

class Bed {
  readonly clock = new VirtualClock();
  readonly executor = new StoreCommandExecutor({
    store: new MemoryEventStore({ clock: this.clock }),
    vault: new MemoryVault(),
  });
  private readonly adding: AddFloatingIpHandler;
  private readonly removing: RemoveFloatingIpHandler;

  constructor() {
    const world: ReservationsWorld = {
      now: () => this.clock.now(),
      uuid: () => 'not asked for',
      random: () => 0,
      setTimeout: (callback, ms) => this.clock.setTimeout(callback, ms),
      clearTimeout: (handle) => this.clock.clearTimeout(handle as { id: number }),
    };
    const resolution = new HoldResolution(new Settlement(this.executor, world), new AttemptsUnderWay(), world);
    this.adding = new AddFloatingIpHandler(this.executor, settings, world);
    this.removing = new RemoveFloatingIpHandler(this.executor, resolution, world);
  }

  context() {
    return systemContext(this.clock.now());
  }

  add(address: string, network = networkId, context = this.context()) {
    return this.adding.execute(new AddFloatingIp(context, network, address));
  }

  async added(address: string) {
    const outcome = await this.add(address);
    if (outcome.kind === 'refused') throw new Error(`refused: ${outcome.code}`);
    return outcome.answer;
  }

  remove(id: string) {
    return this.removing.execute(new RemoveFloatingIp(this.context(), id));
  }

  /** Somebody's attempt. */
  async command(more: { readonly type: 'hold' | 'confirm-hold'; readonly deadline?: number }) {
    const at = this.clock.now();
    const asked = { window: { from: at, to: at + 1_000 }, networkId, amount: 1, required: [], firm: false };
    const command: FloatingIpsCommand =
      more.type === 'confirm-hold'
        ? { type: 'confirm-hold', attempt: 'a', at }
        : {
            ...{ type: 'hold', attempt: 'a', decidedBy: leaseStream(leaseId), deadline: more.deadline ?? at, leaseId },
            ...{ wishes: [{ reservationId: 'r', ...asked }], at },
          };
    const outcome = await this.executor.execute(floatingIps, floatingIpsStream, command, this.context());
    expect(outcome).toMatchObject({ kind: 'accepted', events: [expect.anything()] });
  }
}

let bed: Bed;
beforeEach(() => {
  bed = new Bed();
});

describe('adding a floating IP', () => {
  it('answers it in its canonical form, in the subnet that it is of', async () => {
    expect(await bed.added('203.0.113.100')).toEqual({
      ...{ id: expect.stringMatching(uuid), networkId, subnetId, address: '203.0.113.100' },
      ...{ createdAt: bed.clock.now(), updatedAt: null },
    });
    expect(await bed.added('2001:DB8:0::7')).toMatchObject({ address: '2001:db8::7' });
  });

  it('is refused for one reason after the other', async () => {
    await bed.added('203.0.113.100');
    const refusals = [
      ['here', 'nowhere', 'network-unknown', { networkId: 'nowhere' }],
      ['203.0.113', networkId, 'address-malformed', { address: '203.0.113', networkId }],
      ['203.0.113.10', networkId, 'address-in-pool', { address: '203.0.113.10', networkId }],
      ['203.0.113.1', networkId, 'address-is-gateway', { address: '203.0.113.1', networkId }],
      ['198.51.100.1', networkId, 'subnet-unknown', { address: '198.51.100.1', networkId }],
      ['203.0.113.100', networkId, 'floating-ip-exists', { address: '203.0.113.100' }],
    ] as const;
    for (const [address, network, code, facts] of refusals)
      expect(await bed.add(address, network)).toEqual({ kind: 'refused', code, facts });
  });

  it('with the same command again is answered with the first', async () => {
    const context = { ...bed.context(), repeatable: true };
    const first = await bed.add('203.0.113.100', networkId, context);
    const again = await bed.add('203.0.113.100', networkId, context);
    expect(first).toMatchObject({ kind: 'accepted', repeated: false });
    expect(again).toMatchObject({ kind: 'accepted', repeated: true, answer: (first as { answer: object }).answer });
  });
});

describe('removing a floating IP', () => {
  it('is possible once', async () => {
    const { id } = await bed.added('203.0.113.100');
    expect(await bed.remove(id)).toMatchObject({ kind: 'accepted', answer: undefined });
    const facts = { id };
    expect(await bed.remove(id)).toEqual({ kind: 'refused', code: 'floating-ip-unknown', facts });
    expect((await bed.added('203.0.113.100')).id).not.toBe(id);
  });

  it('is refused while a reservation has it', async () => {
    const { id } = await bed.added('203.0.113.100');
    await bed.command({ type: 'hold' });
    await bed.command({ type: 'confirm-hold' });
    expect(await bed.remove(id)).toEqual({ kind: 'refused', code: 'floating-ip-reserved', facts: { id } });
  });

  it('waits for a decision about it, and decides where nobody did in time', async () => {
    const { id } = await bed.added('203.0.113.100');
    await bed.command({ type: 'hold', deadline: bed.clock.now() + 3_000 });
    const outcome = bed.remove(id);
    let answered = false;
    void outcome.then(() => (answered = true));
    await bed.clock.advance(2_900);
    expect(answered).toBe(false);
    await bed.clock.advance(200);
    expect(await outcome).toMatchObject({ kind: 'accepted' });
  });

  it('is busy when nobody decides for long', async () => {
    const { id } = await bed.added('203.0.113.100');
    await bed.command({ type: 'hold', deadline: bed.clock.now() + 60_000 });
    const outcome = bed.remove(id);
    await bed.clock.advance(11_000);
    expect(await outcome).toEqual({ kind: 'refused', code: 'busy', facts: {} });
  });
});
