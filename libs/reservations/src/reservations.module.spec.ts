import { afterEach, describe, expect, it } from '@jest/globals';
import { SetResourcePropertyPrivacy } from './contracts.js';
import { RESERVATIONS_WORLD, type ReservationsWorld } from './reservations.settings.js';
import { PropertyNames } from './use-cases/property-names.js';
import { ReservationsBed } from './use-cases/reservations-bed.contract.js';
import { systemWorld } from './use-cases/system-world.js';

const bed = new ReservationsBed();
afterEach(() => bed.close());

describe('the reservations module', () => {
  it('puts everything together that it asks for', async () => {
    const { module, running, create, update } = await bed.server();
    const names = running.map(({ process }) => process.name);
    expect(names).toEqual(expect.arrayContaining(['leaseAllocation', 'leaseLifecycle']));
    expect(new Set(names).size).toBe(names.length);
    expect(module.get<ReservationsWorld>(RESERVATIONS_WORLD).now()).toBe(bed.clock.now());
    const outcome = await create({});
    expect(outcome).toMatchObject({ kind: 'accepted', answer: { status: 'PENDING' } });
    expect(await update('x', {})).toMatchObject({ code: 'lease-unknown' });
  });

  it('knows the names of capabilities, and which of them are private', async () => {
    const { module, commands } = await bed.server();
    const set = (name: string) => commands.execute(new SetResourcePropertyPrivacy(bed.context(), name, true));
    expect(await set('gpu')).toMatchObject({ code: 'resource-property-unknown', facts: { name: 'gpu' } });
    const names = module.get(PropertyNames);
    await names.note(['gpu'], bed.context());
    await names.note(['gpu'], bed.context());
    expect(await set('gpu')).toMatchObject({ answer: { name: 'gpu', private: true, updatedAt: bed.clock.now() } });
    const noted = (await bed.log()).filter(({ type }) => type === 'ResourcePropertyNoted');
    expect(noted).toHaveLength(1);
  });

  it('has the time of its settings and the chance of the machine', () => {
    const world = systemWorld(bed.clock);
    expect(world.now()).toBe(bed.clock.now());
    expect(world.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(world.random()).toBeLessThan(1);
    const handle = world.setTimeout(() => undefined, 60_000);
    world.clearTimeout(handle);
  });
});
