import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LeaseLab, until, type LeaseLogged } from './lease-lab.js';
import { requests } from './lease-requests.js';
import { unrest } from './lease-rest.js';
import { LeaseTrials, trialFaults, type LeaseTrial, type FaultCase } from './lease-trials.js';

/** Each kind of request about leases, with each of these faults at each call that is made for it. */
export function tryLeases(cases: readonly FaultCase[]): void {
  describe('a fault at any call that is made for a request about leases', () => {
    let lab: LeaseLab;
    let trials: readonly LeaseTrial[];
    let log: readonly LeaseLogged[];
    let left: readonly string[];

    beforeAll(async () => {
      lab = await LeaseLab.start(1000);
      const all = new LeaseTrials(lab, requests, cases);
      await all.run();
      trials = all.trials;
      left = await atRest(trials);
      log = [...(await lab.log())];
    }, 300_000);
    afterAll(() => lab.remove());

    /** What is still not as it should be when everything has had its time. */
    async function atRest(of: readonly LeaseTrial[]): Promise<readonly string[]> {
      const found = { faults: [] as readonly string[] };
      const look = async (): Promise<readonly string[]> => (found.faults = await unrest(lab, of));
      await until(look, (faults) => faults.length === 0).catch(() => undefined);
      return found.faults;
    }

    it('is met', () => {
      const missed = trials.filter(({ wasMet }) => !wasMet);
      expect(missed.filter(({ isFirst }) => isFirst).map(({ of, at }) => `${of.name}, ${at}`)).toEqual([]);
      // What is settled behind the decision may be settled by somebody else.
      expect(missed.length).toBeLessThan(trials.length / 20);
    });

    it.each(requests.map((request) => [request.name, request] as const))(
      '%s: has one effect or none, and the answer is true',
      (_name, request) => {
        const its = trials.filter(({ of }) => of === request);
        expect(its.length).toBeGreaterThan(0);
        expect(its.flatMap((trial) => trialFaults(trial, log))).toEqual([]);
      },
    );

    it('leaves nothing held or half done, and every host in one place', () => {
      expect(left).toEqual([]);
    });

    it('gives everything back when all is deleted', async () => {
      expect(await lab.deleteEverything()).toEqual([]);
      expect(await atRest([])).toEqual([]);
    }, 60_000);

    it('leaves read models that are what the log says', async () => {
      expect(await lab.staleReadModels()).toEqual([]);
    }, 60_000);
  });
}
