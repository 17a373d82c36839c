import { Global, Module } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import { MemoryEventStore } from '#event-store/adapters/memory';
import { PROVIDERS } from '#providers';
import {
  CommandExecutor,
  MemoryVault,
  StoreCommandExecutor,
  systemContext,
  Vault,
  type RunningProcess,
} from '#runtime';
import { describe, expect, it } from '@jest/globals';
import { CheckOutVms, PoolTokens, PoolUsers, SnapshotVm, TokenUses } from './contracts.js';
import { LOG_EPOCH } from './log-epoch.js';
import { poolProcesses, PoolsModule } from './pools.module.js';
import { defaultPoolsSettings, POOLS_SETTINGS } from './pools.settings.js';
import { ConfigurePools } from './supply/configure-pools.js';
import { samplePool } from './use-cases/pools-bed.contract.js';

const vault = new MemoryVault();
const executor = new StoreCommandExecutor({ store: new MemoryEventStore(), vault });
const parts = [
  { provide: CommandExecutor, useValue: executor },
  { provide: Vault, useValue: vault },
  { provide: PROVIDERS, useValue: [] },
  { provide: POOLS_SETTINGS, useValue: { ...defaultPoolsSettings, pools: [samplePool('a')] } },
  { provide: LOG_EPOCH, useValue: () => 'epoch' },
  { provide: PoolUsers, useValue: {} },
  { provide: TokenUses, useValue: {} },
];

@Global()
@Module({ providers: parts, exports: parts.map(({ provide }) => provide) })
class Platform {}

describe('the pools module', () => {
  it('puts everything together that it asks for', async () => {
    const app = await Test.createTestingModule({ imports: [Platform, PoolsModule] }).compile();
    await app.init();
    const names = app.get<readonly RunningProcess[]>(poolProcesses).map(({ process }) => process.name);
    expect(names).toEqual(expect.arrayContaining(['checkout', 'onDemand']));
    expect(new Set(names).size).toBe(names.length);
    await app.get(ConfigurePools).run();
    const bus = app.get(CommandBus);
    const context = () => systemContext(Date.now());
    expect(await bus.execute(new CheckOutVms(context(), [{ name: 'a', count: 1 }], null))).toMatchObject({
      code: 'pools-empty',
    });
    expect(await bus.execute(new SnapshotVm(context(), 'nobody', null))).toMatchObject({ code: 'vm-unknown' });
    expect(await app.get(PoolTokens).verify('none')).toBeUndefined();
    await app.close();
  });
});
