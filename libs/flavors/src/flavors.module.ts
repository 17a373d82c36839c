import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';

/** This server's own region and its flavors. */
@Module({ imports: [CqrsModule] })
export class FlavorsModule {}
