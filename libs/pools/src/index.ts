export { calendarDay } from './calendar-day.policy.js';
export { checkoutCatalog, type CheckoutEvent, type CheckoutShare } from './checkout/checkout.events.js';
export * from './contracts.js';
export { LOG_EPOCH } from './log-epoch.js';
export {
  onDemandCatalog,
  type DeliveredVm,
  type OnDemandEvent,
  type OnDemandShare,
} from './on-demand/on-demand.events.js';
export { poolTokenCatalog, type PoolTokenEvent } from './pool-token/pool-token.events.js';
export {
  poolCatalog,
  type CheckedOutVm,
  type CheckoutFacts,
  type DayFigures,
  type Placement,
  type PoolEvent,
  type RetirementReason,
  type SnapshotFacts,
  type TagFigure,
  type VmRecord,
  type VmTask,
} from './pool/pool.events.js';
export { poolProcesses, PoolsModule } from './pools.module.js';
export * from './pools.settings.js';
export { ConfigurePools } from './supply/configure-pools.js';
export { poolRegisterCatalog, type PoolRegisterEvent } from './supply/register/pool-register.events.js';
export { VmSupply, type PoolSupplyStatus } from './supply/vm-supply.js';
export {
  lifetimeFailure,
  modificationFailures,
  tagsFailure,
  type ModificationFailure,
  type ModificationRules,
} from './vm/modification.policy.js';
export { tagFilter, type TagFilter } from './vm/tag-filter.policy.js';
export { poolsTimeline, type PoolsEvent } from './timeline.policy.js';
export { vmNameCatalog, type VmNameEvent } from './vm-name/vm-name.events.js';
