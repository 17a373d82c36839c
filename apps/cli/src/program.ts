import { Command, CommanderError } from 'commander';
import { version } from '../../server/src/version.js';
import { addBackup } from './commands/backup.command.js';
import { addEvents } from './commands/events.command.js';
import { addHistory } from './commands/history.command.js';
import { addReplay } from './commands/replay.command.js';
import { addServe } from './commands/serve.command.js';
import { addVerify } from './commands/verify.command.js';
import { CommandFailed, exitCodeHelp, exitCodes, type ExitCode } from './exit-codes.js';
import { line, styled, type Output } from './output.js';
import type { Registry } from './registry.js';

/** Runs one command line; the exit code. */
export async function run(args: readonly string[], output: Output = { out: process.stdout, err: process.stderr }) {
  let code: ExitCode = exitCodes.fine;
  const program = new Command('leasebook')
    .description('One book of record of who holds which host, VM and flavor.')
    .version(version, '-V, --version', 'the version of Leasebook')
    .helpCommand('help [command]', 'what a command does')
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
    .addHelpText('after', exitCodeHelp)
    .addHelpText('after', '\nSettings come from the environment and the YAML file, as for the server.')
    .exitOverride()
    .showHelpAfterError('(leasebook help tells what there is)');
  const registry: Registry = { program, output, finish: (finished) => (code = finished) };
  for (const add of [addServe, addHistory, addEvents, addReplay, addVerify, addBackup]) add(registry);
  for (const command of program.commands) command.exitOverride().addHelpText('after', exitCodeHelp);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    return told(error, output);
  }
}

function told(error: unknown, { err }: Output): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.fine : exitCodes.usage;
  if (error instanceof CommandFailed) {
    line(err, styled('red', error.message, err));
    return error.exitCode;
  }
  // Nobody foresaw this: whoever repairs it needs the stack.
  line(err, error instanceof Error ? (error.stack ?? error.message) : String(error));
  return exitCodes.failed;
}
