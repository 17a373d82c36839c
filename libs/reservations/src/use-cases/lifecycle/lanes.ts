/** What has the same key is done one after the other, in the order in which it was asked for. */
export class Lanes {
  private readonly ends = new Map<string, Promise<unknown>>();

  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.ends.get(key);
    const result = before === undefined ? work() : before.then(work);
    const end = result
      .catch(() => undefined)
      .finally(() => {
        if (this.ends.get(key) === end) this.ends.delete(key);
      });
    this.ends.set(key, end);
    return result;
  }

  /** Of what has been asked for until now; undefined: nothing is under way. */
  endOf(key: string): Promise<unknown> | undefined {
    return this.ends.get(key);
  }
}
