import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { KeptImage, SimulatedJournal } from './simulated-journal.js';

/** Requests recognised again: the oldest are forgotten first. */
const requestsRemembered = 100_000;

/** Images of machines, each made once for its request. */
export class SimulatedImages {
  private readonly byRequest: LRUCache<string, KeptImage>;

  constructor(
    private readonly journal: SimulatedJournal,
    known: Iterable<KeptImage>,
  ) {
    this.byRequest = new LRUCache({
      // By size: a cache for a number of entries takes their memory at once.
      maxSize: requestsRemembered,
      sizeCalculation: () => 1,
      dispose: (_image, requestId, reason) => {
        if (reason === 'evict') this.journal.note('images', requestId, undefined);
      },
    });
    for (const image of known) this.byRequest.set(image.requestId, image);
  }

  ofRequest(requestId: string): KeptImage | undefined {
    return this.byRequest.get(requestId);
  }

  make(requestId: string, nativeId: string, guestUuid: string, name: string): KeptImage {
    const image = { requestId, imageId: imageIdOf(requestId), nativeId, guestUuid, name };
    this.byRequest.set(requestId, image);
    this.journal.note('images', requestId, image);
    return image;
  }

  of(nativeId: string, guestUuid: string): readonly KeptImage[] {
    return [...this.byRequest.values()]
      .filter((image) => image.nativeId === nativeId && image.guestUuid === guestUuid)
      .reverse();
  }
}

/** A uuid that follows from the request. */
function imageIdOf(requestId: string): string {
  const hex = createHash('sha256').update(`image\n${requestId}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
