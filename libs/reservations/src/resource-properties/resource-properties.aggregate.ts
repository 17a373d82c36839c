import { accept, refuse, unreachable, type AggregateDefinition, type Decision } from '#kernel';
import type { ResourcePropertyFacts } from '../contracts.js';
import { resourcePropertiesCatalog, type ResourcePropertiesEvent } from './resource-properties.events.js';

export type ResourcePropertiesCommand =
  /** Names that are known already are left out. */
  | {
      readonly type: 'note';
      readonly properties: readonly { readonly id: string; readonly name: string }[];
      readonly at: number;
    }
  | { readonly type: 'set-privacy'; readonly name: string; readonly private: boolean; readonly at: number };

/** name */
export type ResourcePropertiesRefusal = 'resource-property-unknown';

export interface ResourcePropertiesState {
  /** By name. */
  readonly properties: Map<string, ResourcePropertyFacts>;
}

export const resourcePropertiesStream = 'resourceProperties';

function decide(
  command: ResourcePropertiesCommand,
  { properties }: Readonly<ResourcePropertiesState>,
): Decision<ResourcePropertiesEvent, ResourcePropertiesRefusal> {
  switch (command.type) {
    case 'note': {
      const fresh = new Map(command.properties.map(({ name, id }) => [name, id]));
      for (const name of fresh.keys()) if (properties.has(name)) fresh.delete(name);
      return accept(
        ...Array.from(fresh, ([name, id]): ResourcePropertiesEvent => {
          const data = { id, name, resourceType: 'physical:host', at: command.at } as const;
          return { type: 'ResourcePropertyNoted', data };
        }),
      );
    }
    case 'set-privacy': {
      const { name, private: isPrivate, at } = command;
      const known = properties.get(name);
      if (known === undefined) return refuse('resource-property-unknown', { name });
      if (known.private === isPrivate) return accept();
      return accept<ResourcePropertiesEvent>({
        type: 'ResourcePropertyPrivacySet',
        data: { name, private: isPrivate, at },
      });
    }
    default:
      return unreachable(command);
  }
}

function evolve(state: ResourcePropertiesState, event: ResourcePropertiesEvent): ResourcePropertiesState {
  const { properties } = state;
  const { name, at } = event.data;
  if (event.type === 'ResourcePropertyNoted') {
    const { id, resourceType } = event.data;
    properties.set(name, { id, name, resourceType, private: false, createdAt: at, updatedAt: null });
    return state;
  }
  const known = properties.get(name);
  if (known === undefined) throw new Error(`no such resource property: ${name}`);
  properties.set(name, { ...known, private: event.data.private, updatedAt: at });
  return state;
}

export function propertyOf(
  { properties }: Readonly<ResourcePropertiesState>,
  name: string,
): ResourcePropertyFacts | undefined {
  const known = properties.get(name);
  return known && { ...known };
}

/** Those of these names that nobody has noted yet. */
export function unknownNames({ properties }: Readonly<ResourcePropertiesState>, names: readonly string[]): string[] {
  return [...new Set(names)].filter((name) => !properties.has(name));
}

export const resourceProperties: AggregateDefinition<
  ResourcePropertiesState,
  ResourcePropertiesCommand,
  ResourcePropertiesEvent,
  ResourcePropertiesRefusal
> = {
  name: 'resourceProperties',
  decider: { initialState: () => ({ properties: new Map() }), decide, evolve },
  catalog: resourcePropertiesCatalog,
};
