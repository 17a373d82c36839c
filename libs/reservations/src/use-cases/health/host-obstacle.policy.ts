import type { HypervisorCard } from '#inventory';

export type HostObstacleKind = 'down' | 'disabled' | 'vanished';

/** Why nobody should get this host (contracts/blazar §13); null: nothing is wrong with it. */
export function obstacleOf({
  vanished,
  forcedDown,
  alive,
  enabled,
}: Pick<HypervisorCard, 'vanished' | 'forcedDown' | 'alive' | 'enabled'>): HostObstacleKind | null {
  if (vanished) return 'vanished';
  if (forcedDown || !alive) return 'down';
  return enabled ? null : 'disabled';
}
