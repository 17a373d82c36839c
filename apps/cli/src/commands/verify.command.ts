import { exitCodes } from '../exit-codes.js';
import { line } from '../output.js';
import type { Registry } from '../registry.js';

export function addVerify({ program, output, finish }: Registry): void {
  program
    .command('verify')
    .summary('check the log and the read models')
    .description(
      'Reads the whole log and checks it: checksums of events, the hash chain of every stream, gaps in revisions and positions.\nThen folds every read model anew and compares it with the one there is, byte for byte. Changes nothing.\nThe server must not run.',
    )
    .option('--json', 'the report as JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const { printReport, verify } = await import('../work/verify.js');
      const report = await verify(output);
      if (json === true) line(output.out, JSON.stringify(report, undefined, 2));
      else printReport(report, output);
      finish(report.findings.length === 0 ? exitCodes.fine : exitCodes.failed);
    });
}
