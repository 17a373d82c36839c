import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expandRows, readSuite } from './suite.parser.js';
import { SuiteRun } from './suite-run.js';
import type { StartServer, WireServer, WireSuite } from './suite.type.js';

/** What a test framework provides as globals; jest's fit. */
export interface TestFrame {
  describe(name: string, body: () => void): void;
  it(name: string, body: () => Promise<void>, timeoutMs?: number): void;
  beforeAll(body: () => Promise<void>, timeoutMs?: number): void;
  afterAll(body: () => Promise<void>, timeoutMs?: number): void;
}

const startTimeoutMs = 60_000;
const testTimeoutMs = 40_000;

/**
 * Every `*.yaml` of a folder: one `describe` a file, with a server of its own, and one `it` for each test. With
 * `LEASEBOOK_TEST_WIRE_URL` set, the same suites ask that server instead (see `externalServer`); it must have the hosts
 * that the files' `server:` names, and what one file leaves behind stays there for the next.
 */
export function runWireSuites(folder: string | URL, startServer: StartServer, only?: (file: string) => boolean): void {
  const path = typeof folder === 'string' ? folder : fileURLToPath(folder);
  const files = readdirSync(path)
    .filter((name) => name.endsWith('.yaml') && (only?.(name) ?? true))
    .sort();
  if (files.length === 0) throw new Error(`${path} has no wire suites`);
  const start = externalServer(process.env) ?? startServer;
  for (const name of files) describeSuite(readSuite(join(path, name)), start, globalThis);
}

/** One file. `frame`: where the tests are announced. */
export function describeSuite(suite: WireSuite, startServer: StartServer, frame: TestFrame): void {
  frame.describe(`${basename(suite.file)}: ${suite.about}`, () => {
    let server: WireServer | undefined;
    let run: SuiteRun | undefined;
    frame.beforeAll(async () => {
      server = await startServer(suite.server);
      run = new SuiteRun(server, suite.defaults);
      for (const step of suite.setup.flatMap((test) => expandRows(test))) await run.run(step);
    }, startTimeoutMs);
    frame.afterAll(async () => {
      run?.close();
      await server?.stop();
    }, startTimeoutMs);
    for (const test of suite.tests.flatMap((one) => expandRows(one)))
      frame.it(
        test.name,
        async () => {
          if (run === undefined) throw new Error('the server did not start');
          await run.run(test);
        },
        testTimeoutMs,
      );
  });
}

/**
 * A server that is already there: `LEASEBOOK_TEST_WIRE_URL`, with the tokens as JSON in `LEASEBOOK_TEST_WIRE_TOKENS`
 * (`{"admin": "…", "demo": "…"}`) and further variables in `LEASEBOOK_TEST_WIRE_VARIABLES`.
 */
export function externalServer(environment: Readonly<Record<string, string | undefined>>): StartServer | undefined {
  const url = environment.LEASEBOOK_TEST_WIRE_URL;
  if (url === undefined || url === '') return undefined;
  const json = (name: string): Record<string, string> =>
    JSON.parse(environment[name] ?? '{}') as Record<string, string>;
  const server: WireServer = {
    url: url.replace(/\/$/, ''),
    tokens: json('LEASEBOOK_TEST_WIRE_TOKENS'),
    variables: json('LEASEBOOK_TEST_WIRE_VARIABLES'),
    stop: () => Promise.resolve(),
  };
  return () => Promise.resolve(server);
}
