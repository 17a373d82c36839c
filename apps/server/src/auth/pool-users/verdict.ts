import type { PoolUsers } from '#pools';

export type Verdict = Awaited<ReturnType<PoolUsers['check']>>;
export type Standing = Awaited<ReturnType<PoolUsers['standing']>>;
