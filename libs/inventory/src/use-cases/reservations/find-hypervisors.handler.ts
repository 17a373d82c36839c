import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { FindHypervisors, type HypervisorCard } from '../../contracts.js';
import type { HypervisorRegistry, ListedHypervisor } from '../../hypervisor-registry/hypervisor-registry.state.js';
import { HypervisorLookups } from '../hypervisor-lookups.js';
import { HypervisorCards } from './hypervisor-cards.js';

/** Two say as well as a hundred that a name is not enough. */
const mostAnswered = 2;

@QueryHandler(FindHypervisors)
export class FindHypervisorsHandler implements IQueryHandler<FindHypervisors> {
  constructor(
    private readonly lookups: HypervisorLookups,
    private readonly cards: HypervisorCards,
  ) {}

  async execute({ by }: FindHypervisors): Promise<readonly HypervisorCard[]> {
    const cards: HypervisorCard[] = [];
    for (const one of await this.listed(by)) {
      const card = await this.cards.card(one);
      if (card !== undefined) cards.push(card);
    }
    return cards;
  }

  private async listed(by: FindHypervisors['by']): Promise<readonly ListedHypervisor[]> {
    if ('name' in by) return this.lookups.registry((registry) => named(registry, by.name));
    const found = await ('id' in by
      ? this.lookups.find(by.id)
      : this.lookups.registry((registry) => registry.byUuid.get(by.uuid)));
    return found === undefined ? [] : [found];
  }
}

function named(registry: Readonly<HypervisorRegistry>, text: string): readonly ListedHypervisor[] {
  const exact: ListedHypervisor[] = [];
  const holding: ListedHypervisor[] = [];
  for (const one of registry.byUuid.values()) {
    if (!one.listed) continue;
    if (one.hypervisorHostname === text) exact.push(one);
    else if (holding.length < mostAnswered && one.hypervisorHostname.includes(text)) holding.push(one);
  }
  return (exact.length > 0 ? exact : holding).slice(0, mostAnswered);
}
