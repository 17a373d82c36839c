import { durabilitySuite } from './contract/durability.contract.js';
import { generationsSuite } from './contract/generations.contract.js';
import type { CreateHarness } from './contract/harness.js';
import { randomFindsSuite } from './contract/random-finds.contract.js';
import { readingSuite } from './contract/reading.contract.js';
import { writingSuite } from './contract/writing.contract.js';

export type { ReadStoreHarness } from './contract/harness.js';

/** What every adapter of the port does, for both kinds of projections. */
export function readStoreContract(adapter: string, create: CreateHarness): void {
  describe.each(['state', 'history'] as const)(`read store: ${adapter}, %s`, (keeps) => {
    readingSuite(create, keeps);
    randomFindsSuite(create, keeps);
    writingSuite(create, keeps);
    generationsSuite(create, keeps);
    durabilitySuite(create, keeps);
  });
}
