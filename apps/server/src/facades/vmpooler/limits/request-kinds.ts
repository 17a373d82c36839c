import type { RequestLimitNumbers } from '../vmpooler.settings.js';

export type RequestKind = Exclude<keyof RequestLimitNumbers, 'periodSeconds'>;

export const requestKinds = ['checkouts', 'deletions', 'withToken', 'others'] as const;

/** Which limit a request falls under (contracts/vmpooler §7.5). The name of the mount is not part of the path. */
export function kindOf(method: string, url: string, hasToken: boolean): RequestKind {
  const path = (url.split('?', 1)[0] ?? '').replace(/^\/vmpooler(?=\/|$)/, '');
  if (path.includes('/vm')) {
    if (method === 'POST') return 'checkouts';
    if (method === 'DELETE') return 'deletions';
  }
  return hasToken ? 'withToken' : 'others';
}
