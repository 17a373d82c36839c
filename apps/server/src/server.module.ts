import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { FlavorsModule } from '#flavors';
import { IdentityModule } from '#identity';
import { InventoryModule } from '#inventory';
import { PoolsModule } from '#pools';
import { ReadModelsModule } from '#projections';
import { ReservationsModule } from '#reservations';
import { AuthModule } from './auth/index.js';
import { PoolUsersModule } from './auth/pool-users/index.js';
import { BlazarModule } from './facades/blazar/index.js';
import { ImageModule } from './facades/image/index.js';
import { KeystoneModule } from './facades/keystone/index.js';
import { LeasebookModule } from './facades/leasebook/index.js';
import { NovaModule } from './facades/nova/index.js';
import { VmpoolerModule } from './facades/vmpooler/index.js';
import { OperationsModule } from './operations/operations.module.js';

/** Contexts, read models and faces: a protocol is one line here. */
@Module({
  imports: [
    CqrsModule.forRoot(),
    AuthModule,
    IdentityModule,
    InventoryModule,
    PoolUsersModule,
    PoolsModule,
    FlavorsModule,
    ReservationsModule,
    ReadModelsModule,
    OperationsModule,
    KeystoneModule,
    ImageModule,
    NovaModule,
    BlazarModule,
    LeasebookModule,
    VmpoolerModule,
  ],
})
export class ServerModule {}
