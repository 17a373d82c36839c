import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ask, startInProcess, type InProcessServer } from '../in-process-server.js';
import { logIn } from '../server-process.js';

// A process each; other suites may want the machine at the same time.
jest.setTimeout(60_000);

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'leasebook-cli-'));
const dataDir = join(folder, 'data');

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The real command line in a process of its own, with nothing of this one's environment but what is said here. */
function leasebook(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Run> {
  const node = ['--disable-warning=ExperimentalWarning', '--conditions=source', '--import', './test/typescript.mjs'];
  const child = spawn(process.execPath, [...node, 'apps/cli/src/main.ts', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { LEASEBOOK_DATA_DIR: dataDir, FORCE_COLOR: undefined, ...environment },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

/** A data folder of its own, changed as somebody would who has the files. */
function tampered(
  name: string,
  file: string,
  change: (database: Database.Database) => void,
): { LEASEBOOK_DATA_DIR: string } {
  const copy = join(folder, name);
  cpSync(dataDir, copy, { recursive: true });
  const database = new Database(join(copy, file));
  change(database);
  database.close();
  return { LEASEBOOK_DATA_DIR: copy };
}

let server: InProcessServer;
let token: string;
let historyOfApi: unknown;
let whileRunning: { readonly verify: Run; readonly history: Run; readonly refused: Run };

beforeAll(async () => {
  mkdirSync(dataDir);
  server = await startInProcess({ dataDir });
  token = await logIn(server.url);
  const nova = (method: string, path: string, json: unknown) =>
    ask(server.url, method, `/v2.1/os-aggregates${path}`, { token, json });
  await nova('POST', '', { aggregate: { name: 'rack-1' } });
  await nova('PUT', '/2', { aggregate: { name: 'rack-2', availability_zone: 'north' } });
  await nova('POST', '/2/action', { add_host: { host: 'compute-1' } });
  await nova('POST', '', { aggregate: { name: 'row' } });
  historyOfApi = (await ask(server.url, 'GET', '/leasebook/v1/history/aggregate/2', { token })).json;
  const [verify, history] = await Promise.all([
    leasebook(['verify']),
    leasebook(['history', 'aggregate', '2', '--url', server.url], { OS_TOKEN: token }),
  ]);
  whileRunning = {
    verify,
    history,
    refused: await leasebook(['events', '--url', server.url], { OS_TOKEN: 'nobody' }),
  };
  await server.stop();
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('leasebook, beside a running server', () => {
  it('is refused the data folder, is told by whom, and what to do', () => {
    expect(whileRunning.verify).toMatchObject({ code: 3, out: '' });
    expect(whileRunning.verify.err).toContain(`the data folder ${dataDir} is in use by process ${process.pid}`);
    expect(whileRunning.verify.err).toContain('Stop it first');
  });

  it('asks the server with --url, and says what it answered', () => {
    expect(whileRunning.history.code).toBe(0);
    expect(whileRunning.history.out).toContain('name: rack-1 → rack-2');
    expect(whileRunning.refused).toMatchObject({ code: 1, out: '' });
    expect(whileRunning.refused.err).toBe('The server answered 401: A valid X-Auth-Token is required.\n');
  });
});

describe('leasebook history and events', () => {
  it('tell the history of a thing as a table, without colours where nobody sees them', async () => {
    const { code, out, err } = await leasebook(['history', 'aggregate', '2']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^WHEN +WHO +THROUGH +WHAT +CHANGES$/);
    expect(lines.slice(1).map((line) => line.replace(/^[\d-]+T[\d:.]+Z/, 'T').replace(/\s{2,}/g, ' | '))).toEqual([
      'T | admin | nova | created | name: – → rack-1',
      expect.stringMatching(/^ \| uuid: – → [0-9a-f-]{36}$/),
      'T | admin | nova | renamed | name: rack-1 → rack-2',
      'T | admin | nova | metadata changed | availabilityZone: – → north',
      'T | admin | nova | host compute-1 added | hosts.compute-1: – → true',
    ]);
  });

  it('tell it as JSON as the API does', async () => {
    const { code, out } = await leasebook(['history', 'aggregate', '2', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual(historyOfApi);
  });

  it('find events by the filters of the API, a line each', async () => {
    const json = await leasebook(['events', '--type', 'AggregateCreated', '--facade', 'nova', '--json']);
    const text = await leasebook(['events', '--resource', 'aggregate/3', '--order', 'newest', '--limit', '1']);
    expect(json.code).toBe(0);
    const events = json.out.trimEnd().split('\n').map((line) => JSON.parse(line)); // prettier-ignore
    expect(events.map(({ data }) => data.name)).toEqual(['rack-1', 'row']);
    expect(text.code).toBe(0);
    expect(text.out).toMatch(/^\d+ {2}\S+Z {2}admin {2}nova {2}AggregateCreated {2}hostAggregates {2}\{.*\}\n$/);
  });
});

describe('leasebook verify', () => {
  it('finds nothing where nothing is wrong', async () => {
    const { code, out, err } = await leasebook(['verify', '--json']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const report = JSON.parse(out);
    expect(report).toMatchObject({ findings: [], readModels: { aggregates: 3 } });
    expect(report.events).toBeGreaterThan(4);
  });

  it('finds an event that was altered together with its checksum: the chain tells', async () => {
    const environment = tampered('altered', 'events.db', (database) => {
      const query = `SELECT e.*, s.name AS streamName, l.name AS typeName FROM event e
        JOIN stream s ON s.id = e.stream JOIN label l ON l.id = e.type WHERE e.data LIKE '%rack-1%'`;
      const row = database.prepare(query).get() as Record<string, unknown>;
      const data = String(row.data).replace('rack-1', 'rack-9');
      const { position, streamName, revision, recorded_at, id, typeName, metadata } = row;
      const sum = crc32([position, streamName, revision, recorded_at, id, typeName, data, metadata].join('\n'));
      const update = 'UPDATE event SET data = ?, checksum = ? WHERE position = ?';
      expect(database.prepare(update).run(data, sum, position).changes).toBe(1);
    });
    const { code, out } = await leasebook(['verify', '--json'], environment);
    expect(code).toBe(1);
    const { findings } = JSON.parse(out);
    expect(findings).toContainEqual(
      expect.objectContaining({ kind: 'broken-chain', stream: 'hostAggregates', revision: 3 }),
    );
    expect(findings).toContainEqual(expect.objectContaining({ kind: 'read-model-differs', readModel: 'auditTrail' }));
  });

  it('finds a byte that was flipped: the checksum tells', async () => {
    const environment = tampered('flipped', 'events.db', (database) => {
      const flip = "UPDATE event SET data = replace(data, 'rack-1', 'rack-9') WHERE data LIKE '%rack-1%'";
      expect(database.prepare(flip).run().changes).toBe(1);
    });
    const { code, out } = await leasebook(['verify'], environment);
    expect(code).toBe(1);
    expect(out).toMatch(/✗ .*stream hostAggregates.*does not fit its checksum/);
    expect(out).toContain('found wrong');
  });

  it('finds events that were taken out', async () => {
    const environment = tampered('cut', 'events.db', (database) => {
      const cut = "DELETE FROM event WHERE data LIKE '%rack-1%'";
      expect(database.prepare(cut).run().changes).toBe(1);
    });
    const { code, out } = await leasebook(['verify'], environment);
    expect(code).toBe(1);
    expect(out).toMatch(/✗/);
  });

  it('finds a read model that does not say what the log says', async () => {
    const environment = tampered('read-model', 'read-models.db', (database) => {
      const tables = database
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'g*_*'")
        .pluck();
      const changed = (tables.all() as string[]).map(
        (table) => database.prepare(`UPDATE ${table} SET body = replace(body, 'rack-2', 'rack-8')`).run().changes,
      );
      expect(changed.length).toBeGreaterThan(0);
    });
    const { code, out } = await leasebook(['verify'], environment);
    expect(code).toBe(1);
    expect(out).toMatch(
      /✗ read model auditTrail, document .*: is not what the log says\n\s+kept: .*rack-8.*\n\s+rebuilt: .*rack-2/,
    );
    const replayed = await leasebook(['replay', '-p', 'auditTrail'], environment);
    expect(replayed).toMatchObject({ code: 0, err: '' });
    expect(replayed.out).toMatch(/^Rebuilt auditTrail from \d+ events in [\d.]+ s\.\n$/);
    expect((await leasebook(['verify'], environment)).out).toContain('Everything is as it should be.');
  });
});

describe('leasebook backup', () => {
  it('copies a log that is whole, and overwrites nothing', async () => {
    const restored = join(folder, 'restored');
    mkdirSync(restored);
    const target = join(restored, 'events.db');
    expect(await leasebook(['backup', target])).toMatchObject({
      code: 0,
      err: '',
      out: `Copied the log to ${target}.\n`,
    });
    cpSync(join(dataDir, 'keys.db'), join(restored, 'keys.db'));
    const [again, history] = await Promise.all([
      leasebook(['backup', target]),
      leasebook(['history', 'aggregate', '2', '--json'], { LEASEBOOK_DATA_DIR: restored }),
    ]);
    expect(again).toMatchObject({ code: 1, out: '' });
    expect(again.err).toContain('exists already');
    expect(JSON.parse(history.out)).toEqual(historyOfApi);
  });
});

describe('leasebook, used wrongly', () => {
  it.each<[string, readonly string[], Record<string, string>, number, string]>([
    ['an unknown command', ['bogus'], {}, 2, "unknown command 'bogus'"],
    ['an unknown option', ['verify', '--hard'], {}, 2, "unknown option '--hard'"],
    ['a missing argument', ['history', 'aggregate'], {}, 2, "missing required argument 'id'"],
    ['a wrong filter', ['events', '--from', 'yesterday'], {}, 2, 'from must be an RFC 3339 moment with a zone'],
    [
      'an unknown read model',
      ['replay', '-p', 'nothing'],
      {},
      2,
      'There is no read model nothing; there are: hypervisors',
    ],
    ['a wrong setting', ['verify'], { LEASEBOOK_PORT: 'x' }, 2, 'LEASEBOOK_PORT'],
    ['a folder without a log', ['verify'], { LEASEBOOK_DATA_DIR: join(folder, 'nowhere') }, 2, 'There is no log in'],
    ['a server that is not there', ['events', '--url', 'http://127.0.0.1:9'], { OS_TOKEN: 't' }, 1, 'does not answer'],
    ['no token for a server', ['events', '--url', 'http://127.0.0.1:9'], {}, 2, 'OS_TOKEN'],
  ])('%s: a sentence on standard error, no stack', async (_name, args, environment, code, words) => {
    const run = await leasebook(args, environment);
    expect(run).toMatchObject({ code, out: '' });
    expect(run.err).toContain(words);
    expect(run.err).not.toMatch(/^\s+at /m);
  });

  it('tells what there is, and its exit codes', async () => {
    const { code, out } = await leasebook(['--help']);
    expect(code).toBe(0);
    for (const command of ['serve', 'history', 'events', 'replay', 'verify', 'backup'])
      expect(out).toContain(`  ${command} `);
    expect(out).toContain('3  the data folder is in use by another process, or damaged');
  });
});
