import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { IdentityModule } from '#identity';
import { InventoryModule } from '#inventory';
import { ReadModelsModule } from '#projections';
import { AuthModule } from './auth/index.js';
import { ImageModule } from './facades/image/image.module.js';
import { KeystoneModule } from './facades/keystone/keystone.module.js';
import { LeasebookModule } from './facades/leasebook/leasebook.module.js';
import { NovaModule } from './facades/nova/index.js';
import { OperationsModule } from './operations/operations.module.js';

/** Contexts, read models and faces: a protocol is one line here. */
@Module({
  imports: [
    CqrsModule.forRoot(),
    AuthModule,
    IdentityModule,
    InventoryModule,
    ReadModelsModule,
    OperationsModule,
    KeystoneModule,
    ImageModule,
    NovaModule,
    LeasebookModule,
  ],
})
export class ServerModule {}
