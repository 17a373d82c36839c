import { Module } from '@nestjs/common';
import { OperationsController } from './operations.controller.js';

/** `/healthz`, `/readyz`, `/metrics`. */
@Module({ controllers: [OperationsController] })
export class OperationsModule {}
