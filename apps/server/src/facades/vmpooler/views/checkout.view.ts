import type { TakenVms } from '#pools';
import { fields, type Field } from '../json-text.js';
import type { VmpoolerVersion } from '../routing/mounts.js';

type Vm = TakenVms['vms'][number];

/** `domain`: the configured one. Version 1 has short names and one domain for all, the others full names. */
export function checkoutView(
  version: VmpoolerVersion,
  taken: readonly TakenVms[],
  domain: string | null,
): readonly Field[] {
  const name = version === 1 ? (vm: Vm) => vm.name : fullName;
  const machines = taken.map(({ name: asked, vms }): Field => {
    const names = vms.map(name);
    const [only] = names;
    return [asked, fields([['hostname', names.length === 1 && only !== undefined ? only : names]])];
  });
  return [['ok', true], ...machines, ...(version === 1 ? domainOf(taken.flatMap(({ vms }) => vms), domain) : [])]; // prettier-ignore
}

export function fullName({ name, domain }: { readonly name: string; readonly domain: string | null }): string {
  return domain === null ? name : `${name}.${domain}`;
}

/** That of the machines when they have one in common; it may be their pool's own. */
export function domainOf(
  machines: readonly { readonly domain: string | null }[],
  configured: string | null,
): readonly Field[] {
  const [first] = machines;
  const common = first !== undefined && machines.every(({ domain }) => domain === first.domain);
  const domain = common ? first.domain : configured;
  return domain === null ? [] : [['domain', domain]];
}

/** Client libraries refuse answers with endless headers. */
const mostTokens = 100;

/** `brisk-otter="<token>", …` (C7); none for more machines than fit. */
export function fencingTokens(taken: readonly TakenVms[]): Readonly<Record<string, string>> {
  const machines = taken.flatMap(({ vms }) => vms);
  if (machines.length === 0 || machines.length > mostTokens) return {};
  return {
    'leasebook-fencing-token': machines.map(({ name, fencingToken }) => `${name}="${fencingToken}"`).join(', '),
  };
}
