import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { RootController } from './root.controller.js';
import { VmpoolerAuth } from './vmpooler-auth.js';

/** Those with routes of the table. */
export const vmpoolerControllers = [RootController];

/** vmpooler's API, versions 1 to 3. Needs PoolsModule, PoolUsers and POOLS_SETTINGS. */
@Module({ imports: [CqrsModule], controllers: [...vmpoolerControllers], providers: [VmpoolerAuth] })
export class VmpoolerModule {}
