import {
  ConfigurePools,
  LOG_EPOCH,
  poolProcesses,
  POOLS_SETTINGS,
  POOLS_WORLD,
  PoolsModule,
  PoolUsers,
  TokenUses,
  VmSupply,
  type PoolsSettings,
} from '#pools';
import type { RunningProcess } from '#runtime';
import type { FaultPlan } from '#specs';
import type { Life } from '../mortal.js';
import { startProcess, type SimulatedProcess, type Surroundings } from '../simulated-process.js';

export interface PoolSurroundings extends Surroundings {
  readonly settings: PoolsSettings;
}

/** The pools and the inventory as a server has them. */
export async function startServer(around: PoolSurroundings, life: Life, faults: FaultPlan): Promise<SimulatedProcess> {
  const server = await startProcess(around, life, faults, {
    modules: [PoolsModule],
    provided: [
      { provide: POOLS_SETTINGS, useValue: around.settings },
      { provide: LOG_EPOCH, useValue: () => around.store.epoch },
      { provide: PoolUsers, useValue: {} },
      { provide: TokenUses, useValue: {} },
    ],
    world: POOLS_WORLD,
    prepare: (module) => module.get(ConfigurePools).run(),
    processes: (module) => module.get<readonly RunningProcess[]>(poolProcesses),
  });
  await server.module.get(VmSupply).start();
  return server;
}
