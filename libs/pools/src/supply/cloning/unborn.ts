/** New machines that are on their way into the log: the pool still counts them as missing. */
export class Unborn {
  private readonly wanted = new Map<string, Set<string>>();

  add(pool: string, request: string | null, vmId: string): void {
    const key = keyOf(pool, request);
    const those = this.wanted.get(key);
    if (those === undefined) this.wanted.set(key, new Set([vmId]));
    else those.add(vmId);
  }

  /** The pool counts it now, or it has come to nothing. */
  remove(pool: string, request: string | null, vmId: string): void {
    const key = keyOf(pool, request);
    const those = this.wanted.get(key);
    those?.delete(vmId);
    if (those?.size === 0) this.wanted.delete(key);
  }

  countOf(pool: string, request: string | null): number {
    return this.wanted.get(keyOf(pool, request))?.size ?? 0;
  }
}

function keyOf(pool: string, request: string | null): string {
  return `${pool}\n${request ?? ''}`;
}
