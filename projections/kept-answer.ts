import type { CollectionDefinition, ReadStore } from '#read-store';

/**
 * An answer that is made anew only after the document that tells of changes was written again: until then every
 * question gets the same object.
 */
export class KeptAnswer<T> {
  private kept: { readonly position: number; readonly answer: Promise<T> } | undefined;

  constructor(
    private readonly changedAt: () => Promise<number>,
    private readonly make: () => Promise<T>,
  ) {}

  async current(): Promise<T> {
    const position = await this.changedAt();
    if (this.kept?.position === position) return this.kept.answer;
    // A change while it is made has a higher position: the next question makes it anew.
    const kept = { position, answer: this.make() };
    this.kept = kept;
    try {
      return await kept.answer;
    } catch (error) {
      if (this.kept === kept) this.kept = undefined;
      throw error;
    }
  }
}

/** Position of the last change that the document tells of; -1: there was none. */
export async function changedAt(store: ReadStore, changes: CollectionDefinition, id: string): Promise<number> {
  return (await store.collection(changes).get(id))?._position ?? -1;
}
