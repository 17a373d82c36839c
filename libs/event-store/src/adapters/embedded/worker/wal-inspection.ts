import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

/**
 * `whole`: readable up to an end as a stop of the process leaves it, be it in the middle of a change. `torn`: its last frame would
 * end a change and does not fit; a process killed between the two writes of a frame leaves that, and so does a byte that changed
 * later. `damaged`: something of the current write-ahead log lies behind a frame that does not fit. The engine drops all from that
 * frame on without a word.
 */
export type WalState =
  { readonly kind: 'none' | 'whole' } | { readonly kind: 'torn' | 'damaged'; readonly frame: number };

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/** Walks a write-ahead log as the engine's recovery does (SQLite file format, section 4), to see what that will not say. */
export function inspectWal(wal: string): WalState {
  if (!existsSync(wal)) return { kind: 'none' };
  const file = openSync(wal, 'r');
  try {
    const { size } = fstatSync(file);
    return size === 0 ? { kind: 'none' } : walk(file, size);
  } finally {
    closeSync(file);
  }
}

function walk(file: number, size: number): WalState {
  const header = Buffer.alloc(HEADER_BYTES);
  if (size < HEADER_BYTES) return { kind: 'whole' };
  readSync(file, header, 0, HEADER_BYTES, 0);
  const bigEndian = (header.readUInt32BE(0) & 1) === 1;
  const sum = new FrameSum(bigEndian);
  sum.add(header, 0, 24);
  const magic = (header.readUInt32BE(0) & 0xfffffffe) >>> 0;
  const pageBytes = header.readUInt32BE(8);
  if (magic !== 0x377f0682 || !sum.equals(header, 24) || pageBytes < 512) return { kind: 'damaged', frame: 0 };
  return walkFrames(file, size, header, sum, pageBytes);
}

function walkFrames(file: number, size: number, header: Buffer, sum: FrameSum, pageBytes: number): WalState {
  const frame = Buffer.alloc(FRAME_HEADER_BYTES + pageBytes);
  let broken: { readonly index: number; readonly ended: boolean } | undefined;
  for (let index = 0, at = HEADER_BYTES; at + frame.length <= size; index += 1, at += frame.length) {
    readSync(file, frame, 0, frame.length, at);
    const isCurrent = frame.compare(header, 16, 24, 8, 16) === 0;
    if (broken !== undefined) {
      if (isCurrent) return { kind: 'damaged', frame: broken.index };
      continue;
    }
    sum.add(frame, 0, 8);
    sum.add(frame, FRAME_HEADER_BYTES, frame.length);
    if (isCurrent && sum.equals(frame, 16)) continue;
    // Only the frame that ends a change names the size of the file: a change without one was never acknowledged.
    broken = { index, ended: isCurrent && frame.readUInt32BE(4) !== 0 };
  }
  return broken?.ended ? { kind: 'torn', frame: broken.index } : { kind: 'whole' };
}

class FrameSum {
  private first = 0;
  private second = 0;

  constructor(private readonly bigEndian: boolean) {}

  add(bytes: Buffer, from: number, to: number): void {
    let [first, second] = [this.first, this.second];
    for (let at = from; at < to; at += 8) {
      const one = this.bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
      const two = this.bigEndian ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4);
      first = (first + one + second) >>> 0;
      second = (second + two + first) >>> 0;
    }
    this.first = first;
    this.second = second;
  }

  equals(bytes: Buffer, at: number): boolean {
    return bytes.readUInt32BE(at) === this.first && bytes.readUInt32BE(at + 4) === this.second;
  }
}
