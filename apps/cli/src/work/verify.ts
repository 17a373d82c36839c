import 'reflect-metadata';
import { verifyLog, type LogVerification } from '#event-store';
import { verifyProjection, type Verification } from '#runtime';
import { allReadModels } from '../../../server/src/read-models.js';
import { CommandFailed } from '../exit-codes.js';
import { grouped, line, printable, ProgressLine, styled, type Output } from '../output.js';
import type { DataFolder } from '../profiles/data-folder.js';
import { withDataFolder } from '../run-offline.js';

/** One thing that is not as it should be. */
interface Finding {
  readonly kind: string;
  readonly text: string;
  readonly position?: number | undefined;
  readonly stream?: string | undefined;
  readonly revision?: number | undefined;
  readonly readModel?: string;
  readonly document?: string;
}

interface Report {
  readonly events: number;
  readonly streams: number;
  /** By name: documents that were compared. */
  readonly readModels: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
}

/** A log too damaged to be opened is a finding too: finding such things is what the command is for. */
export async function verify(output: Output): Promise<Report> {
  const lost: Finding[] = [];
  const ofReadModels = (text: string): void => void lost.push({ kind: 'read-model-lost', text });
  try {
    const report = await withDataFolder(output, (folder) => examineFolder(folder, output), { ofReadModels });
    return { ...report, findings: [...report.findings, ...lost] };
  } catch (error) {
    if (!isDamage(error)) throw error;
    return { events: 0, streams: 0, readModels: {}, findings: [{ kind: 'damaged', text: error.message }] };
  }
}

function isDamage(error: unknown): error is CommandFailed {
  return error instanceof CommandFailed && error.cause instanceof Error && error.cause.name === 'CorruptEvent';
}

async function examineFolder(folder: DataFolder, output: Output): Promise<Report> {
  const log = await examineLog(folder, output);
  const findings: Finding[] = log.findings.map((finding) => ({ ...finding }));
  const readModels: Record<string, number> = {};
  if (findings.some(({ kind }) => kind === 'unreadable'))
    return { ...log, readModels, findings: [...findings, { kind: 'not-compared', text: unreadable }] };
  for (const projection of allReadModels) {
    const progress = new ProgressLine(output.err, `read model ${projection.name}`);
    const verification = await verifyProjection(folder.eventStore, folder.readStore, projection, (position) =>
      progress.show(position, log.events),
    );
    progress.end();
    readModels[projection.name] = verification.documents;
    findings.push(...findingsOf(verification));
  }
  return { events: log.events, streams: log.streams, readModels, findings };
}

const unreadable = 'The read models were not compared with the log, since events of it cannot be read.';

async function examineLog({ eventStore }: DataFolder, output: Output): Promise<LogVerification> {
  const progress = new ProgressLine(output.err, 'log');
  try {
    return await verifyLog(eventStore, (position, last) => progress.show(position, last), { consecutive: true });
  } finally {
    progress.end();
  }
}

function findingsOf({ projection, problem, differences }: Verification): readonly Finding[] {
  if (problem !== undefined)
    return [{ kind: 'read-model-not-comparable', readModel: projection, text: `read model ${projection}: ${problem}` }];
  return differences.map(({ document, live, rebuilt }) => ({
    kind: 'read-model-differs',
    readModel: projection,
    document,
    text: `read model ${projection}, document ${document}: ${difference(live, rebuilt)}`,
  }));
}

function difference(live: string | undefined, rebuilt: string | undefined): string {
  if (live === undefined) return 'is missing';
  if (rebuilt === undefined) return 'is there, and the log gives no reason for it';
  return `is not what the log says\n    kept:    ${live}\n    rebuilt: ${rebuilt}`;
}

export function printReport({ events, streams, readModels, findings }: Report, { out }: Output): void {
  line(out, `${grouped(events)} events in ${grouped(streams)} streams`);
  for (const [name, documents] of Object.entries(readModels))
    line(out, `${grouped(documents)} documents in read model ${name}`);
  for (const { text } of findings)
    line(out, `${styled('red', '✗', out)} ${text.split('\n').map(printable).join('\n')}`);
  if (findings.length === 0) line(out, styled('green', 'Everything is as it should be.', out));
  else line(out, styled('red', `${grouped(findings.length)} found wrong.`, out));
}
