import { AddHostToAggregate, CacheImages, CreateAggregate, RemoveHostFromAggregate } from '#inventory';
import { SetAggregateMetadata, UpdateAggregate } from '#inventory';
import type { CommandContext } from '#kernel';
import { integerId, normalUuid } from './ids.js';
import { NovaFault } from './nova-fault.js';

/** Wire JSON → commands. The bodies have passed their schemas. */

/** Throws NovaFault 400 for what is no integer; one that cannot exist becomes an id that nothing has. */
export function aggregateId(written: string): number {
  const id = integerId(written);
  if (id === undefined) throw new NovaFault(400, 'Invalid input received: id must be an integer');
  return id;
}

interface WantedBody {
  readonly aggregate: { readonly name?: string; readonly availability_zone?: string | null };
}

export function createCommand(context: CommandContext, body: unknown): CreateAggregate {
  const { name = '', availability_zone: zone = null } = (body as WantedBody).aggregate;
  return new CreateAggregate(context, { name, availabilityZone: zone });
}

const edges = /^[\s\p{Zs}]+|[\s\p{Zs}]+$/gu;

/** Blanks around a new name are cut off (contracts/nova §5). */
export function updateCommand(context: CommandContext, id: number, body: unknown): UpdateAggregate {
  const { name, availability_zone: zone } = (body as WantedBody).aggregate;
  return new UpdateAggregate(context, id, {
    ...(name === undefined ? {} : { name: name.replace(edges, '') }),
    ...(zone === undefined ? {} : { availabilityZone: zone }),
  });
}

interface ActionBody {
  readonly add_host: { readonly host: string };
  readonly remove_host: { readonly host: string };
  readonly set_metadata: { readonly metadata: Readonly<Record<string, string | null>> };
}

export function addHostCommand(context: CommandContext, id: number, body: unknown): AddHostToAggregate {
  return new AddHostToAggregate(context, id, (body as ActionBody).add_host.host);
}

export function removeHostCommand(context: CommandContext, id: number, body: unknown): RemoveHostFromAggregate {
  return new RemoveHostFromAggregate(context, id, (body as ActionBody).remove_host.host);
}

export function setMetadataCommand(context: CommandContext, id: number, body: unknown): SetAggregateMetadata {
  return new SetAggregateMetadata(context, id, (body as ActionBody).set_metadata.metadata);
}

export interface WantedImage {
  readonly id: string;
  readonly written: string;
}

/** Throws NovaFault 400 for an image named twice, compared as written. */
export function wantedImages(body: unknown): readonly WantedImage[] {
  const written = (body as { readonly cache: readonly { readonly id: string }[] }).cache.map(({ id }) => id);
  if (new Set(written).size < written.length) throw new NovaFault(400, 'Duplicate images in request');
  return written.map((id) => ({ id: normalUuid(id) ?? id, written: id }));
}

export function cacheImagesCommand(context: CommandContext, id: number, images: readonly WantedImage[]): CacheImages {
  return new CacheImages(context, id, [...new Set(images.map((image) => image.id))]);
}
