import type { PoolDocument } from '#projections/pools/pools.query';

/** As overridden, or else as the file says. */
export function sizeOf({ sizeOverride, settings }: PoolDocument): number {
  return sizeOverride ?? settings.size;
}

export function templateOf({ templateOverride, settings }: PoolDocument): string {
  return templateOverride ?? settings.template;
}

/** Of the pool's own; null: it has none. */
export function cloneTargetOf({ cloneTargetOverride, settings }: PoolDocument): string | null {
  return cloneTargetOverride ?? settings.cloneTarget;
}
