import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the disk does at the moment: works, refuses to make anything durable, or is full. */
export type DiskFault = 'none' | 'sync' | 'space';

/** A disk under one process that fails when told to. Needs gcc. */
export class FailingDisk {
  private readonly control: string;
  private readonly library: string;

  /** `workFolder` holds the library and its control file, and must lie outside the folder that fails. */
  constructor(
    workFolder: string,
    private readonly failingFolder: string,
  ) {
    this.library = join(workFolder, 'failing-disk.so');
    this.control = join(workFolder, 'disk-fault');
    const source = fileURLToPath(new URL('./failing-disk.c', import.meta.url));
    execFileSync('gcc', ['-Wall', '-O2', '-shared', '-fPIC', '-o', this.library, source, '-ldl']);
    this.become('none');
  }

  /** For the process whose disk it is to be. */
  get environment(): Readonly<Record<string, string>> {
    return {
      LD_PRELOAD: this.library,
      FAILING_DISK_FOLDER: this.failingFolder,
      FAILING_DISK_CONTROL: this.control,
    };
  }

  /** From the next call on. */
  become(fault: DiskFault): void {
    writeFileSync(this.control, fault);
  }
}
