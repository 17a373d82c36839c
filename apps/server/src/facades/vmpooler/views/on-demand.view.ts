import type { OnDemandRequestDocument } from '#projections/on-demand-requests/on-demand-requests.query';
import { fields, type Field } from '../json-text.js';
import type { VmpoolerVersion } from '../routing/mounts.js';
import { domainOf, fullName } from './checkout.view.js';

export interface OnDemandAnswer {
  readonly status: 200 | 202;
  readonly body: readonly Field[];
}

/** `GET /ondemandvm/<id>`: by the names that were asked for, in their order (contracts/vmpooler §10). */
export function onDemandView(
  requestId: string,
  request: OnDemandRequestDocument,
  version: VmpoolerVersion,
  domain: string | null,
): OnDemandAnswer {
  const head: readonly Field[] = [
    ['ok', true],
    ['request_id', requestId],
    ['ready', request.status === 'ready'],
  ];
  switch (request.status) {
    case 'open':
      return { status: 202, body: [...head, ...progressOf(request)] };
    case 'ready': {
      const end = version === 1 ? domainOf(request.delivered, domain) : [];
      return { status: 200, body: [...head, ...machinesOf(request, version), ...end] };
    }
    case 'failed': {
      const message = `The request failed to provision instances within the configured ondemand_request_ttl '${String(request.ttlMinutes)}'`;
      return { status: 200, body: [...head, ['message', message]] };
    }
    case 'deleted':
      return { status: 200, body: [...head, ['message', 'The request has been deleted']] };
  }
}

/** Counts are texts. */
function progressOf({ shares, delivered }: OnDemandRequestDocument): readonly Field[] {
  const wanted = new Map<string, number>();
  for (const { requestedAs, count } of shares) wanted.set(requestedAs, (wanted.get(requestedAs) ?? 0) + count);
  return Array.from(wanted, ([name, count]): Field => {
    const ready = delivered.filter(({ requestedAs }) => requestedAs === name).length;
    return [name, fields([['ready', String(ready)], ['pending', String(count - ready)]])]; // prettier-ignore
  });
}

function machinesOf({ shares, delivered }: OnDemandRequestDocument, version: VmpoolerVersion): readonly Field[] {
  const names = new Set(shares.map(({ requestedAs }) => requestedAs));
  return Array.from(names, (name): Field => {
    const machines = delivered.filter(({ requestedAs }) => requestedAs === name);
    return [name, fields([['hostname', machines.map((vm) => (version === 1 ? vm.name : fullName(vm)))]])];
  });
}
