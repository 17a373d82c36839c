import type { RunningProcess } from '#runtime';
import { Global, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { PoolTokens } from './contracts.js';
import { POOLS_WORLD } from './pools.settings.js';
import { supplyProcesses, supplyProcessesProvider, supplyProviders } from './supply/supply.providers.js';
import { ConfigurePools } from './supply/configure-pools.js';
import { VmSupply } from './supply/vm-supply.js';
import { AttemptsUnderWay } from './use-cases/attempts-under-way.js';
import { CheckOutVmsHandler } from './use-cases/check-out-vms.handler.js';
import { CheckoutAttempts } from './use-cases/checkout-attempts.js';
import { CheckoutProcess } from './use-cases/checkout-process.js';
import { CheckoutRounds } from './use-cases/checkout-rounds.js';
import { DeleteOnDemandRequestHandler } from './use-cases/delete-on-demand-request.handler.js';
import { DeletePoolTokenHandler } from './use-cases/delete-pool-token.handler.js';
import { HoldResolution } from './use-cases/hold-resolution.js';
import { IssuePoolTokenHandler } from './use-cases/issue-pool-token.handler.js';
import { MachineCommands } from './use-cases/machine-commands.js';
import { ModifyVmHandler } from './use-cases/modify-vm.handler.js';
import { OnDemandProcess } from './use-cases/on-demand-process.js';
import { OnDemandRequests } from './use-cases/on-demand-requests.js';
import { OnePoolCheckout } from './use-cases/one-pool-checkout.js';
import { OverridePoolsHandler } from './use-cases/override-pools.handler.js';
import { PoolHolds } from './use-cases/pool-holds.js';
import { PoolNames } from './use-cases/pool-names.js';
import { PoolOverrides } from './use-cases/pool-overrides.js';
import { RequestOnDemandVmsHandler } from './use-cases/request-on-demand-vms.handler.js';
import { ResetPoolOverrideHandler } from './use-cases/reset-pool-override.handler.js';
import { ResetPoolsHandler } from './use-cases/reset-pools.handler.js';
import { ReturnVmHandler } from './use-cases/return-vm.handler.js';
import { StreamPoolTokens } from './use-cases/stream-pool-tokens.js';
import { systemWorld } from './use-cases/system-world.js';
import { AddDiskHandler, RevertVmHandler, SnapshotVmHandler } from './use-cases/vm-tasks.handler.js';

/** Nest injection token: `readonly RunningProcess[]`, for the runtime to run. */
export const poolProcesses = Symbol('PoolProcesses');

const checkouts = [
  PoolNames,
  OnePoolCheckout,
  AttemptsUnderWay,
  HoldResolution,
  PoolHolds,
  CheckoutAttempts,
  CheckoutRounds,
  CheckOutVmsHandler,
  CheckoutProcess,
];

const machines = [
  MachineCommands,
  ReturnVmHandler,
  ModifyVmHandler,
  AddDiskHandler,
  SnapshotVmHandler,
  RevertVmHandler,
];

const pools = [PoolOverrides, OverridePoolsHandler, ResetPoolOverrideHandler, ResetPoolsHandler];

const onDemand = [OnDemandRequests, RequestOnDemandVmsHandler, DeleteOnDemandRequestHandler, OnDemandProcess];

const tokens = [{ provide: PoolTokens, useClass: StreamPoolTokens }, IssuePoolTokenHandler, DeletePoolTokenHandler];

/**
 * Pools of machines. Asks a global module for CommandExecutor, Vault, PROVIDERS, POOLS_SETTINGS, LOG_EPOCH, PoolUsers
 * and TokenUses. `poolProcesses` are to be run; VmSupply is to be started after ConfigurePools has run.
 */
@Global()
@Module({
  imports: [CqrsModule],
  providers: [
    { provide: POOLS_WORLD, useValue: systemWorld },
    ...checkouts,
    ...machines,
    ...pools,
    ...onDemand,
    ...tokens,
    ...supplyProviders,
    supplyProcessesProvider,
    {
      provide: poolProcesses,
      useFactory: (
        checkout: CheckoutProcess,
        requests: OnDemandProcess,
        supply: readonly RunningProcess[],
      ): readonly RunningProcess[] => [checkout.running, requests.running, ...supply],
      inject: [CheckoutProcess, OnDemandProcess, supplyProcesses],
    },
  ],
  exports: [poolProcesses, PoolTokens, VmSupply, ConfigurePools],
})
export class PoolsModule {}
