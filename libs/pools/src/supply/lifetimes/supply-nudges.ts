import { running, type RunningProcess } from '#runtime';
import { Injectable } from '@nestjs/common';
import { vmSupplySaga } from '../../processes/vm-supply.saga.js';
import { VmSupply } from '../vm-supply.js';

/** Hands the log's hints to the supply of this process. */
@Injectable()
export class SupplyNudges {
  readonly running: RunningProcess = running(vmSupplySaga, {
    handlers: {
      nudge: async (input) => {
        this.supply.nudge((input as { readonly pool: string }).pool);
      },
    },
  });

  constructor(private readonly supply: VmSupply) {}
}
