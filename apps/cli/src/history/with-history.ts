import type { Output } from '../output.js';
import { withDataFolder } from '../run-offline.js';
import { withFolderHistory } from './folder-history.js';
import type { HistorySource } from './history-source.js';
import { serverHistory } from './server-history.js';

export interface SourceOptions {
  readonly url?: string;
}

export function withHistory<Result>(
  { url }: SourceOptions,
  output: Output,
  work: (source: HistorySource) => Promise<Result>,
): Promise<Result> {
  if (url !== undefined) return work(serverHistory(url, process.env.OS_TOKEN));
  return withDataFolder(output, (folder) => withFolderHistory(folder, output, work));
}
