import type { Command } from 'commander';

export const sourceHelp =
  'Reads the data folder of a server that does not run; with --url asks a running one, with a token in OS_TOKEN.';

export function addSourceOptions(command: Command): Command {
  return command.option('--url <url>', 'ask the server that runs there, such as http://127.0.0.1:8080');
}
