import type { Command } from 'commander';
import type { ExitCode } from './exit-codes.js';
import type { Output } from './output.js';

/** What each command adds itself to; it reports its exit code here, since some findings are no errors. */
export interface Registry {
  readonly program: Command;
  readonly output: Output;
  readonly finish: (code: ExitCode) => void;
}
