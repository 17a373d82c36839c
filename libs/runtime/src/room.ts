/** What an offerer waits for when a queue is full. */
export class Room {
  empty!: () => void;
  readonly emptied = new Promise<void>((resolve) => {
    this.empty = resolve;
  });
}
