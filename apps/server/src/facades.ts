import { blazarPlainRefusal } from './facades/blazar/index.js';
import { keystonePlainRefusal } from './facades/keystone/index.js';
import { leasebookPlainRefusal } from './facades/leasebook/index.js';
import { novaPlainRefusal } from './facades/nova/index.js';
import { vmpoolerPlainRefusal } from './facades/vmpooler/index.js';
import type { PlainRefusal } from './http/last-resort.js';

/** Which face phrases a refusal that no handler saw; the first that knows the path does. */
export const plainRefusals: readonly PlainRefusal[] = [
  leasebookPlainRefusal,
  keystonePlainRefusal,
  novaPlainRefusal,
  blazarPlainRefusal,
  vmpoolerPlainRefusal,
];
