import { describe, expect, it } from '@jest/globals';
import { samplePool, SupplyBed } from '../supply-bed.contract.js';
import { judgeReady } from './readiness.policy.js';

const vm = { name: 'calm-otter', readyAt: 0 };
const condition = (reachable: boolean, hostName: string | null) => ({ reachable, hostName });

describe('a look at a machine in stock', () => {
  it.each([
    ['answers', condition(true, 'calm-otter'), false, 100_000, 'good'],
    ['answers with its full name', condition(true, 'Calm-Otter.lab.example.test'), false, 100_000, 'good'],
    ['does not say its name', condition(true, null), false, 100_000, 'good'],
    ['has another name, but is young', condition(true, 'localhost'), false, 59_999, 'good'],
    ['has another name', condition(true, 'localhost'), false, 60_000, 'name-mismatch'],
    ['is silent for the first time', condition(false, null), false, 100_000, 'silent'],
    ['is silent again', condition(false, null), true, 100_000, 'unreachable'],
    ['is not there', null, false, 100_000, 'silent'],
    ['is not there again', null, true, 100_000, 'unreachable'],
    ['answers again', condition(true, 'calm-otter'), true, 100_000, 'good'],
  ] as const)('that %s', (_, seen, silentBefore, now, verdict) => {
    expect(judgeReady(vm, seen, silentBefore, now)).toBe(verdict);
  });
});

// Listings are seldom here, so that only these checks find anything.
const settings = { vmCheckMinutes: 1, checkLoopMaxMs: 3_600_000 };

describe('checks of machines in stock', () => {
  it('replace one that is silent twice in a row, and not one that was silent once', async () => {
    const bed = new SupplyBed();
    const server = await bed.started([samplePool('a', { size: 2 })], { settings });
    await bed.pass(10_000);
    const [first, second] = await bed.of('VmReady');
    const ids = new Map((await bed.of('VmRequested')).map(({ vm: { name, vmId } }) => [name, vmId] as const));
    const answer = (name: string | undefined, answers: boolean) =>
      bed.provider.control.setAnswers(ids.get(name ?? '') ?? '', answers);
    answer(first?.name, false);
    answer(second?.name, false);
    await bed.pass(60_000);
    expect(await bed.of('VmsRetired')).toEqual([]);
    answer(second?.name, true);
    await bed.pass(61_000);
    expect(await bed.of('VmsRetired')).toMatchObject([{ reason: 'unreachable', vms: [first?.name] }]);
    expect(await server.stock('a')).toMatchObject({ ready: 2 });
    expect(await bed.leaks()).toEqual([]);
    await server.stop();
  });

  it('replace one that calls itself otherwise', async () => {
    const bed = new SupplyBed();
    const server = await bed.started([samplePool('a', { size: 1 })], { settings });
    await bed.pass(1_000);
    const [requested] = await bed.of('VmRequested');
    bed.provider.control.setHostName(requested?.vm.vmId ?? '', 'localhost');
    await bed.pass(125_000);
    expect(await bed.of('VmsRetired')).toMatchObject([{ reason: 'name-mismatch', vms: [requested?.vm.name] }]);
    await server.stop();
  });

  it('leave alone what is in use, and what nobody can ask', async () => {
    const bed = new SupplyBed();
    const server = await bed.started([samplePool('a', { size: 2 })], { settings });
    await bed.pass(1_000);
    const [taken] = await server.checkOut('a', 1);
    bed.provider.control.setAnswers(taken?.vmId ?? '', false);
    await bed.pass(1_000);
    // Both attempts at each of two machines, in two rounds.
    bed.provider.control.failNext('inspectVm', 8);
    await bed.pass(400_000);
    expect(await bed.of('VmsRetired')).toEqual([]);
    expect(bed.logged.at(-1)).toBe('pool a: checks of ready machines works again');
    await server.stop();
  });

  it('look at every page of a long stock', async () => {
    const bed = new SupplyBed({ hosts: [{ name: 'kvm-1', vcpus: 1_000, memoryMb: 1e7, localGb: 1e6 }] });
    const pools = [samplePool('a', { size: 230, hosts: ['kvm-1'] })];
    const server = await bed.started(pools, { settings: { ...settings, taskLimit: 100 } });
    await bed.pass(20_000);
    expect(await server.stock('a')).toMatchObject({ ready: 230 });
    const ids = (await bed.of('VmRequested')).map(({ vm: { vmId } }) => vmId);
    for (const vmId of ids) bed.provider.control.setAnswers(vmId, false);
    await bed.pass(110_000);
    const retired = (await bed.of('VmsRetired')).flatMap(({ vms }) => vms);
    expect(new Set(retired).size).toBe(230);
    await server.stop();
  });
});
