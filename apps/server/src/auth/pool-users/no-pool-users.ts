import { PoolUsers } from '#pools';
import type { Standing, Verdict } from './verdict.js';

/** There are no tokens, so nobody is asked for credentials. */
export class NoPoolUsers extends PoolUsers {
  override async check(): Promise<Verdict> {
    return { kind: 'unknown' };
  }

  override async standing(): Promise<Standing> {
    return undefined;
  }
}
