import { deriveUuid, leasebookNamespace } from '#runtime';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CacheImages, KNOWN_IMAGES, type KnownImage } from '../contracts.js';
import { AggregateCommands } from './aggregate-commands.js';

@CommandHandler(CacheImages)
export class CacheImagesHandler implements ICommandHandler<CacheImages> {
  private readonly known: ReadonlySet<string>;

  constructor(
    private readonly aggregates: AggregateCommands,
    @Inject(KNOWN_IMAGES) images: readonly KnownImage[],
  ) {
    this.known = new Set(images.map(({ id }) => id));
  }

  execute({ context, id, imageIds }: CacheImages) {
    const requestId = deriveUuid(leasebookNamespace, `image-caching\n${context.commandId}`);
    const unknownImage = imageIds.find((imageId) => !this.known.has(imageId)) ?? null;
    return this.aggregates.run(
      context,
      () => ({ type: 'cache-images', requestId, id, imageIds, unknownImage, at: context.time }),
      () => undefined,
    );
  }
}
