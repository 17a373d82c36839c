import { PoolUsers } from '#pools';
import type { Standing, Verdict } from './verdict.js';

const prefix = 'dummy:';
const maxNameLength = 255;

/** Anybody whose password differs from their name. For tests and trials. */
export class DummyPoolUsers extends PoolUsers {
  override async check(user: string, password: string): Promise<Verdict> {
    if (user === password || user.length > maxNameLength) return { kind: 'unknown' };
    return { kind: 'known', user: { userId: `${prefix}${user}`, name: user, projectId: null } };
  }

  override async standing(userId: string): Promise<Standing> {
    return userId.startsWith(prefix) ? { administrator: false } : undefined;
  }
}
