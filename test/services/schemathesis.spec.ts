import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { adminPassword, ask, startInProcess, type InProcessServer } from '../in-process-server.js';
import { logIn, temporaryFolder } from '../server-process.js';

const run = promisify(execFile);
const version = '4.32.5';
/** The same requests in every run, so that a failure is somebody's doing; another number asks others. */
const seed = process.env.LEASEBOOK_TEST_SEED ?? '20260302';
const cache = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));
const venv = join(cache, `schemathesis-${version}`);

/** Made once; moved to its place when it is whole, so that an interrupted installation is not taken for one. */
async function installed(): Promise<string> {
  const program = join(venv, 'bin', 'python');
  if (existsSync(program)) return program;
  const unfinished = `${venv}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  await run('python3', ['-m', 'venv', unfinished]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `schemathesis==${version}`];
  await run(join(unfinished, 'bin', 'python'), pip);
  renameSync(unfinished, venv);
  return program;
}

const folder = temporaryFolder();
let server: InProcessServer;
let token: string;
let python: string;

beforeAll(async () => {
  python = await installed();
  server = await startInProcess();
  token = await logIn(server.url, 'admin', adminPassword);
  await ask(server.url, 'POST', '/v2.1/os-aggregates', { token, json: { aggregate: { name: 'rack-1' } } });
}, 300_000);

afterAll(async () => {
  await server.stop();
  folder.remove();
});

interface Outcome {
  readonly failed: boolean;
  readonly text: string;
}

/**
 * What no schema can say: that one time comes after the other, and that a lease does not begin in the past. And what is
 * too long is refused as that, whatever else is wrong with it.
 */
const ownRules = ['GET /leasebook/v1/host-availabilities', 'POST /leasebook/v1/lease-plans']
  .map((name) =>
    [
      '[[operations]]',
      `include-name = "${name}"`,
      'checks.positive_data_acceptance.expected-statuses = ["2xx", "400", "403", "404"]',
      'checks.negative_data_rejection.expected-statuses = ["400", "401", "403", "404", "413"]',
      '',
    ].join('\n'),
  )
  .join('');

async function schemathesis(config: string, ...more: readonly string[]): Promise<Outcome> {
  const file = join(folder.path, 'schemathesis.toml');
  writeFileSync(file, `${config}${ownRules}`);
  const options = [
    ...['--config-file', file, 'run', `${server.url}/openapi.json`],
    ...['-H', `X-Auth-Token: ${token}`],
    ...['--phases', 'examples,coverage,fuzzing', '--workers', '1', '--seed', seed, '--no-color', '--checks', 'all'],
    // An own API that grows: a path with a method that it does not have (yet) is an unknown route, 404, like any other.
    ...['--exclude-checks', 'unsupported_method'],
    ...more,
  ];
  try {
    const { stdout } = await run(python, ['-m', 'schemathesis.cli', ...options], {
      cwd: folder.path,
      maxBuffer: 2 ** 26,
    });
    return { failed: false, text: stdout };
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    return { failed: true, text: `${String(error)}\n${stdout ?? ''}\n${stderr ?? ''}` };
  }
}

function passed({ text }: Outcome): number {
  return Number(/generated, (\d+) passed/.exec(text)?.[1] ?? 0);
}

describe('schemathesis over the own API', () => {
  it('finds no 5xx and nothing that is not as described', async () => {
    const outcome = await schemathesis('', '-n', '80');
    expect(outcome.failed ? outcome.text : '').toBe('');
    expect(passed(outcome)).toBeGreaterThan(800);
  }, 300_000);

  it('nor where there are hypervisors and read models of those names', async () => {
    const outcome = await schemathesis('[parameters]\n"path.id" = "1"\n"path.name" = "aggregates"\n', '-n', '30');
    expect(outcome.failed ? outcome.text : '').toBe('');
    expect(passed(outcome)).toBeGreaterThan(200);
    expect((await ask(server.url, 'GET', '/readyz')).status).toBe(200);
  }, 300_000);
});
