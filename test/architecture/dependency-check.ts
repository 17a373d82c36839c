import { execFile } from 'node:child_process';
import { root } from './sources.js';

export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

interface Report {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly {
      readonly rule: { readonly name: string };
      readonly from: string;
      readonly to: string;
    }[];
  };
}

export interface Outcome {
  readonly totalCruised: number;
  readonly violations: Violation[];
}

/** Runs the import rules on the tree in a folder. */
export function checkImports(folder: string): Promise<Outcome> {
  const program = `${root}node_modules/dependency-cruiser/bin/dependency-cruise.mjs`;
  const rules = `${root}test/architecture/dependency-rules.cjs`;
  const args = [program, '--config', rules, '--output-type', 'json', 'apps', 'libs', 'projections', 'test'];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      // It exits with the number of violations; only an answer that is not JSON is a failure of its own.
      try {
        const { totalCruised, violations } = (JSON.parse(stdout) as Report).summary;
        resolve({ totalCruised, violations: violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })) });
      } catch {
        reject(new Error(`The import check did not run: ${error?.message ?? ''} ${stderr}`));
      }
    });
  });
}
