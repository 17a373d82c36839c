import type { RunningProcess } from '#runtime';
import { ListingCheck } from './checks/listing-check.js';
import { ReadinessCheck } from './checks/readiness-check.js';
import { Boots } from './cloning/boots.js';
import { Clones } from './cloning/clones.js';
import { NewMachines } from './cloning/new-machines.js';
import { Rush } from './pace/rush.js';
import { ConfigurePools } from './configure-pools.js';
import { SupplyNudges } from './lifetimes/supply-nudges.js';
import { VmLifetimes } from './lifetimes/vm-lifetimes.js';
import { VmPlacements } from './lifetimes/vm-placements.js';
import { PoolCheck } from './pool-check.js';
import { PoolDecisions } from './pool-decisions.js';
import { VmProviders } from './providers/vm-providers.js';
import { VmSupply } from './vm-supply.js';
import { Destructions } from './work/destructions.js';
import { SupplyJournal } from './work/supply-journal.js';
import { VmTasks } from './work/vm-tasks.js';

/** Classes of the supply, for the pools' module. */
export const supplyProviders = [
  Rush,
  PoolDecisions,
  VmProviders,
  SupplyJournal,
  NewMachines,
  Clones,
  Boots,
  Destructions,
  VmTasks,
  PoolCheck,
  ListingCheck,
  ReadinessCheck,
  VmSupply,
  ConfigurePools,
  VmLifetimes,
  VmPlacements,
  SupplyNudges,
];

/** Nest injection token: the supply's processes, for the runtime to run. */
export const supplyProcesses = Symbol('SupplyProcesses');

export const supplyProcessesProvider = {
  provide: supplyProcesses,
  useFactory: (nudges: SupplyNudges, lifetimes: VmLifetimes, placements: VmPlacements): readonly RunningProcess[] => [
    nudges.running,
    lifetimes.running,
    placements.running,
  ],
  inject: [SupplyNudges, VmLifetimes, VmPlacements],
};
