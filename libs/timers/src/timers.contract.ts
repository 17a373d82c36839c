import { firingSuite } from './contract/firing.contract.js';
import type { TimersHarness } from './contract/harness.js';
import { pendingSuite } from './contract/pending.contract.js';
import { virtualTimeSuite } from './contract/virtual-time.contract.js';

export type { TimersHarness } from './contract/harness.js';

/** What every adapter of the port does. Those on a virtual clock also show days and jumps of the clock. */
export function timersContract(
  adapter: string,
  create: () => Promise<TimersHarness>,
  { virtualClock }: { readonly virtualClock: boolean },
): void {
  describe(`timers: ${adapter}`, () => {
    pendingSuite(create);
    firingSuite(create);
    if (virtualClock) virtualTimeSuite(create);
  });
}
