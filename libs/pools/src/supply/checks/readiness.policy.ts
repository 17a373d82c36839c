/** `silent`: did not answer this time; `unknown`: nobody could ask. */
export type ReadyVerdict = 'good' | 'silent' | 'unreachable' | 'name-mismatch' | 'unknown';

/** A machine may take so long until it knows its own name. */
const namedAfterMs = 60_000;

/** `condition` null: the provider has no such machine. Silent twice in a row is unreachable. */
export function judgeReady(
  vm: { readonly name: string; readonly readyAt: number },
  condition: { readonly reachable: boolean; readonly hostName: string | null } | null,
  silentBefore: boolean,
  now: number,
): ReadyVerdict {
  if (condition?.reachable !== true) return silentBefore ? 'unreachable' : 'silent';
  const { hostName } = condition;
  if (hostName === null || now - vm.readyAt < namedAfterMs) return 'good';
  return hostName.split('.', 1)[0]?.toLowerCase() === vm.name ? 'good' : 'name-mismatch';
}
