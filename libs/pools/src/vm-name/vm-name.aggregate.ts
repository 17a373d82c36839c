import type { AggregateDefinition } from '#kernel';
import { vmNameDecider, type VmNameCommand, type VmNameRefusal } from './vm-name.decider.js';
import { vmNameCatalog, type VmNameEvent } from './vm-name.events.js';
import type { VmNameState } from './vm-name.state.js';

export { ownerOf } from './vm-name.state.js';

export const vmNameStream = (name: string): string => `vmName-${name}`;

export const vmName: AggregateDefinition<VmNameState, VmNameCommand, VmNameEvent, VmNameRefusal> = {
  name: 'vmName',
  decider: vmNameDecider,
  catalog: vmNameCatalog,
};
