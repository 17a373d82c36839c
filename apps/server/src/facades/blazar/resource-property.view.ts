import type { ListedResourceProperty } from '#projections/resource-properties/resource-properties.query';
import type { ResourcePropertyFacts } from '#reservations';
import { dateText } from './wire-time.js';

/** contracts/blazar §11. `private` is never true here, whatever the property is: so Blazar prints it. */
export function listedProperties(listed: readonly ListedResourceProperty[]): string {
  const resource_properties = listed.map(({ property: { name }, values }) =>
    values === undefined ? { property: name } : { property: name, private: false, values },
  );
  return JSON.stringify({ resource_properties });
}

export function changedProperty(property: ResourcePropertyFacts): string {
  const { id, resourceType, name, private: isPrivate, createdAt, updatedAt } = property;
  const resource_property = {
    id,
    resource_type: resourceType,
    property_name: name,
    private: isPrivate,
    created_at: dateText(createdAt),
    updated_at: updatedAt === null ? null : dateText(updatedAt),
  };
  return JSON.stringify({ resource_property });
}
