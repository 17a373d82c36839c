/** What the writer's thread of a test does wrong; set from the test's thread at any time. */
export const faultModes = ['none', 'commit-lost', 'commit-landed', 'thread-dies'] as const;
export type FaultMode = (typeof faultModes)[number];

const [MODE, MAX_PAGES, GATE, COMMITS] = [0, 1, 2, 3];

export class FaultSwitch {
  private readonly cells: Int32Array;

  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(16)) {
    this.cells = new Int32Array(memory);
  }

  /** `commit-lost`: fails before anything is written; `commit-landed`: fails after all is on the disk. */
  get mode(): FaultMode {
    return faultModes[Atomics.load(this.cells, MODE)] ?? 'none';
  }

  set mode(mode: FaultMode) {
    Atomics.store(this.cells, MODE, faultModes.indexOf(mode));
  }

  /** The engine's own bound on the file: beyond it every write is a real SQLITE_FULL. 0: none. */
  get maxPages(): number {
    return Atomics.load(this.cells, MAX_PAGES);
  }

  set maxPages(pages: number) {
    Atomics.store(this.cells, MAX_PAGES, pages);
  }

  get commits(): number {
    return Atomics.load(this.cells, COMMITS);
  }

  /** Holds the thread where it is about to commit. */
  closeGate(): void {
    Atomics.store(this.cells, GATE, 1);
  }

  openGate(): void {
    Atomics.store(this.cells, GATE, 0);
    Atomics.notify(this.cells, GATE);
  }

  /** In the writer's thread. */
  passGate(): void {
    Atomics.add(this.cells, COMMITS, 1);
    Atomics.wait(this.cells, GATE, 1);
  }
}
