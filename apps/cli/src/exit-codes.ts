/** What the process says to scripts; the same for every command. */
export const exitCodes = {
  fine: 0,
  /** Something was found wrong, or the work failed. */
  failed: 1,
  /** Wrong arguments or settings; nothing was done. */
  usage: 2,
  /** The data folder is in use by another process, or damaged. */
  dataFolder: 3,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** An error that people can expect: told in one sentence, without a stack. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  constructor(
    readonly exitCode: Exclude<ExitCode, 0>,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export const exitCodeHelp = `
Exit codes:
  0  fine
  1  something was found wrong, or the work failed
  2  wrong arguments or settings: nothing was done
  3  the data folder is in use by another process, or damaged`;
