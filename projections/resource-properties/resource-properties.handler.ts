import { FRESHNESS, READ_STORE, type Answered, type Freshness, type ReadStore } from '#read-store';
import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { everyPageOf } from '../pages.js';
import { isCapabilityOfSomeHost, valuesOfCapability } from '../reservable-hosts/capability-values.js';
import { hostCapabilitiesCollection } from '../reservable-hosts/reservable-hosts.document.js';
import { resourcePropertiesCollection, type ResourcePropertyDocument } from './resource-properties.document.js';
import { ListResourceProperties, type ListedResourceProperty } from './resource-properties.query.js';

const inOrder = [{ field: 'createdAt', direction: 'ascending' }] as const;

@QueryHandler(ListResourceProperties)
export class ListResourcePropertiesHandler implements IQueryHandler<ListResourceProperties> {
  constructor(
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Inject(FRESHNESS) private readonly freshness: Freshness,
  ) {}

  async execute({ asked }: ListResourceProperties): Promise<Answered<readonly ListedResourceProperty[]>> {
    const { stale } = await this.freshness.upToDate(['resourceProperties', 'reservableHosts']);
    const properties = this.store.collection(resourcePropertiesCollection);
    const known = await everyPageOf<ResourcePropertyDocument>(properties, { sort: inOrder });
    const shown = known.filter((property) => asked.all || !property.private);
    const listed = await Promise.all(shown.map((property) => this.listed(property, asked.values)));
    return { value: listed.filter((property) => property !== undefined), stale };
  }

  /** Undefined: no host has it any more. */
  private async listed(
    property: ResourcePropertyDocument,
    withValues: boolean,
  ): Promise<ListedResourceProperty | undefined> {
    const capabilities = this.store.collection(hostCapabilitiesCollection);
    if (!withValues) return (await isCapabilityOfSomeHost(capabilities, property.name)) ? { property } : undefined;
    const values = await valuesOfCapability(capabilities, property.name);
    return values.length === 0 ? undefined : { property, values };
  }
}

export const resourcePropertyProviders = [ListResourcePropertiesHandler];
