import type { Command } from 'commander';
import type { Output } from '../output.js';
import { withDataFolder } from '../run-offline.js';
import { withFolderHistory } from './folder-history.js';
import type { HistorySource } from './history-source.js';
import { serverHistory } from './server-history.js';

export interface SourceOptions {
  readonly url?: string;
}

export const sourceHelp =
  'Reads the data folder of a server that does not run; with --url asks a running one, with a token in OS_TOKEN.';

export function addSourceOptions(command: Command): Command {
  return command.option('--url <url>', 'ask the server that runs there, such as http://127.0.0.1:8080');
}

export function withHistory<Result>(
  { url }: SourceOptions,
  output: Output,
  work: (source: HistorySource) => Promise<Result>,
): Promise<Result> {
  if (url !== undefined) return work(serverHistory(url, process.env.OS_TOKEN));
  return withDataFolder(output, (folder) => withFolderHistory(folder, output, work));
}
