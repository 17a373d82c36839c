/** A machine's place: the lower, the longer it is ready. */
export interface Queued {
  readonly name: string;
  readonly place: number;
}

/** Below so many taken entries the array is not moved. */
const fewTaken = 1_024;

/** Ready machines, oldest first. Taking the oldest and adding the newest cost the same however many wait. */
export class ReadyQueue {
  /** In order of place; what stands before `head` is taken. */
  private entries: Queued[] = [];
  private head = 0;

  static of(sorted: readonly Queued[]): ReadyQueue {
    const queue = new ReadyQueue();
    queue.entries = sorted.map(({ name, place }) => ({ name, place }));
    return queue;
  }

  get length(): number {
    return this.entries.length - this.head;
  }

  /** So many of the oldest, or all behind a place. */
  oldest(limit: number, behind = Number.NEGATIVE_INFINITY): string[] {
    const from = Math.max(this.head, this.position(behind + 1));
    return this.entries.slice(from, from + limit).map(({ name }) => name);
  }

  /** So many of the newest, newest first. */
  newest(limit: number): string[] {
    const from = Math.max(this.head, this.entries.length - limit);
    return this.entries
      .slice(from)
      .map(({ name }) => name)
      .reverse();
  }

  /** At its place: a new machine behind all, one that comes back where it was. */
  add({ name, place }: Queued): void {
    const entry = { name, place };
    const last = this.entries.at(-1);
    if (last === undefined || last.place < place) this.entries.push(entry);
    else this.entries.splice(this.position(place), 0, entry);
  }

  /** Many at once cost no more than going through the queue. */
  remove(places: readonly number[]): void {
    const others = places.filter((place) => !this.takeIfFirst(place));
    if (others.length > 8) {
      const leaving = new Set(others);
      this.entries = this.entries.slice(this.head).filter(({ place }) => !leaving.has(place));
      this.head = 0;
      return;
    }
    for (const place of others) {
      const position = this.position(place);
      if (this.entries[position]?.place === place) this.entries.splice(position, 1);
    }
  }

  private takeIfFirst(place: number): boolean {
    if (this.entries[this.head]?.place !== place) return false;
    this.head += 1;
    if (this.head > fewTaken && this.head * 2 > this.entries.length) {
      this.entries = this.entries.slice(this.head);
      this.head = 0;
    }
    return true;
  }

  /** Of the first waiting entry with this place or a later one. */
  private position(place: number): number {
    let [low, high] = [this.head, this.entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.entries[middle]?.place ?? Number.POSITIVE_INFINITY) < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
