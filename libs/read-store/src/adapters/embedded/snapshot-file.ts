import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Checkpoint, Document, Stored } from '../../port.js';

/**
 * A snapshot of a `state` projection: JSON lines. First what it is; then, for each collection, its name with the number
 * of its documents, and these; last the SHA-256 of all bytes before. It is one moment: what the checkpoint says.
 */
export interface SnapshotHead {
  /** 1 */
  readonly format: number;
  readonly projection: string;
  readonly checkpoint: Checkpoint;
}

export interface SnapshotPart {
  readonly name: string;
  readonly documents: readonly Stored<Document>[];
}

/** Torn, changed or of another format: to be ignored, the log has it all. */
export class SnapshotDamaged extends Error {
  override readonly name = 'SnapshotDamaged';
}

/** About a millisecond of making text; then the event loop goes on while the disk writes. */
const sliceBytes = 256 * 1024;
const readBytes = 1024 * 1024;

/** The file is whole under its name or not there: written beside, synced, renamed. */
export async function writeSnapshot(path: string, head: SnapshotHead, parts: readonly SnapshotPart[]): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w', 0o600);
  try {
    const hash = createHash('sha256');
    let slice = `${JSON.stringify(head)}\n`;
    const write = async () => {
      hash.update(slice);
      const bytes = Buffer.from(slice);
      slice = '';
      await file.writeFile(bytes);
    };
    for (const { name, documents } of parts) {
      slice += `${JSON.stringify({ collection: name, documents: documents.length })}\n`;
      for (const document of documents) {
        slice += `${JSON.stringify(document)}\n`;
        if (slice.length >= sliceBytes) await write();
      }
    }
    await write();
    await file.writeFile(`${JSON.stringify({ sha256: hash.digest('hex') })}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

/** Without this a power cut may take the rename back. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export const removeSnapshot = (path: string): Promise<void> => rm(path, { force: true });

export interface SnapshotReader {
  /** False: it is of no use, read no further. */
  head(head: SnapshotHead): boolean;
  document(collection: string, document: Stored<Document>): void;
}

/** False when there is none, or the reader had no use for it. Throws `SnapshotDamaged`: nothing that was read counts then. */
export async function readSnapshot(path: string, reader: SnapshotReader): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  try {
    return await new SnapshotParser(reader).read(file);
  } catch (error) {
    throw new SnapshotDamaged(`${path}: ${(error as Error).message}`, { cause: error });
  } finally {
    await file.close();
  }
}

class SnapshotParser {
  private readonly hash: Hash = createHash('sha256');
  private collection: string | undefined;
  /** Documents that are still to come of the collection. */
  private left = 0;
  private begun = false;
  /** Of the last line. */
  private sum: string | undefined;

  constructor(private readonly reader: SnapshotReader) {}

  async read(file: FileHandle): Promise<boolean> {
    const chunk = Buffer.allocUnsafe(readBytes);
    let rest: Buffer = Buffer.alloc(0);
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, readBytes);
      if (bytesRead === 0) break;
      const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      const end = bytes.lastIndexOf(10) + 1;
      rest = bytes.subarray(end);
      if (end > 0 && !this.lines(bytes.subarray(0, end))) return false;
    }
    if (this.sum === undefined || rest.length > 0) throw new Error('it ends too early');
    return true;
  }

  private lines(bytes: Buffer): boolean {
    const lines = bytes.toString('utf8').split('\n').slice(0, -1);
    for (const line of lines) {
      if (this.sum !== undefined) throw new Error('it goes on behind its end');
      if (!this.line(JSON.parse(line))) return false;
    }
    // The sum, in the last line, is over all before it.
    this.hash.update(this.sum === undefined ? bytes : bytes.subarray(0, bytes.lastIndexOf(10, -2) + 1));
    if (this.sum !== undefined && this.sum !== this.hash.digest('hex'))
      throw new Error('its content is not what was written');
    return true;
  }

  private line(value: unknown): boolean {
    if (this.begun && this.left > 0 && this.collection !== undefined) {
      this.left--;
      this.reader.document(this.collection, value as Stored<Document>);
    } else if (!this.begun) {
      this.begun = true;
      const head = value as SnapshotHead;
      if (head.format !== 1) throw new Error('it has another format');
      if (!this.reader.head(head)) return false;
    } else if ('sha256' in (value as object)) {
      ({ sha256: this.sum } = value as { sha256: string });
    } else {
      const { collection, documents } = value as { collection: string; documents: number };
      this.collection = collection;
      this.left = documents;
    }
    return true;
  }
}
