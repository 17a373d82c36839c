import type { EventCatalog } from '#kernel';

interface Of<Type extends string, More = unknown> {
  readonly type: Type;
  /** Milliseconds since 1970. */
  readonly data: { readonly at: number } & More;
}

/** A capability was used for the first time. */
export type ResourcePropertyNoted = Of<
  'ResourcePropertyNoted',
  { readonly id: string; readonly name: string; readonly resourceType: 'physical:host' }
>;
/** Private ones are shown to administrators that ask for all. */
export type ResourcePropertyPrivacySet = Of<
  'ResourcePropertyPrivacySet',
  { readonly name: string; readonly private: boolean }
>;

export type ResourcePropertiesEvent = ResourcePropertyNoted | ResourcePropertyPrivacySet;

export const resourcePropertiesCatalog: EventCatalog<ResourcePropertiesEvent> = {
  context: 'reservations',
  versions: { ResourcePropertyNoted: 1, ResourcePropertyPrivacySet: 1 },
};
