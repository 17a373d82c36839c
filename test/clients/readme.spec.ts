import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ServerProcess, temporaryFolder } from '../server-process.js';
import { runCommand } from './run-command.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const separator = '--- next block ---';

/** What stands between ```sh and ``` in one chapter of a page. */
function shellBlocks(page: string, heading: string): readonly string[] {
  const text = readFileSync(join(root, page), 'utf8');
  const chapter = text.split(/^## /m).find((each) => each.startsWith(heading)) ?? '';
  return Array.from(chapter.matchAll(/^```sh\n([\s\S]*?)^```$/gm), ([, block = '']) => block);
}

const folder = temporaryFolder();
let server: ServerProcess;
let printed: readonly string[];

beforeAll(async () => {
  const environment = { LEASEBOOK_ADMIN_PASSWORD: '' };
  server = await ServerProcess.start({ dataDir: './data', cwd: folder.path, from: 'dist', environment });
  const blocks = shellBlocks('README.md', 'A tour').map((block) =>
    block.replaceAll('http://127.0.0.1:8080', server.url),
  );
  const { code, stdout, stderr } = await runCommand('/bin/bash', ['-s'], {
    environment: { PATH: '/usr/bin:/bin', HOME: folder.path },
    cwd: folder.path,
    input: `set -euo pipefail\n${blocks.join(`\necho; echo '${separator}'\n`)}`,
  });
  if (code !== 0) throw new Error(`the tour ended with ${String(code)}\n${stdout}\n${stderr}`);
  printed = stdout.split(`${separator}\n`);
}, 180_000);

afterAll(async () => {
  await server.kill();
  folder.remove();
});

/** The JSON values that a block printed, one after the other on lines of their own or not. */
function jsonOf(text: string | undefined): ReturnType<typeof JSON.parse>[] {
  return (text ?? '')
    .replaceAll('}{', '}\n{')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

describe('the tour in the README', () => {
  it('lists the hosts, makes an aggregate and shows it with a host, by the openstack client', () => {
    const [commands] = printed;
    expect(commands).toMatch(/\| +1 \| compute-1 +\|/);
    expect(commands).toMatch(/\| name +\| gpu-row-4 +\|/);
    expect(commands).toMatch(/\| hosts +\| compute-1 +\|/);
    expect(commands).toMatch(/\| properties +\| ssd='true' +\|/);
  });

  it('gets the same with curl', () => {
    const [aggregates, hypervisors] = jsonOf(printed[1]);
    expect(aggregates.aggregates).toMatchObject([
      { id: 1, name: 'gpu-row-4', availability_zone: 'hall-b', hosts: ['compute-1'], metadata: { ssd: 'true' } },
    ]);
    expect(hypervisors).toMatchObject({
      hypervisors: [{ hypervisor_hostname: 'compute-1', uptime: expect.any(String) }],
      hypervisors_links: [{ rel: 'next' }],
    });
  });

  it('tells who changed what, when, through which face, from what to what', () => {
    const [history, events] = jsonOf(printed[2]);
    expect(history).toMatchObject({ kind: 'aggregate', id: '1' });
    expect(history.entries).toHaveLength(3);
    for (const entry of history.entries) expect(entry).toMatchObject({ through: 'nova', who: { name: 'admin' } });
    const [created, , hostAdded] = history.entries;
    expect(created.changes).toContainEqual({ field: 'name', from: null, to: 'gpu-row-4' });
    expect(created.changes).toContainEqual({ field: 'availabilityZone', from: null, to: 'hall-b' });
    expect(JSON.stringify(hostAdded.changes)).toContain('compute-1');
    expect(events.events).toMatchObject([{ type: 'inventory/HostAddedToAggregate@1', facade: 'nova' }]);
  });

  it('takes a host out of service', () => {
    expect(printed[3]).toMatch(/compute-1/);
  });

  it('asks the server how it is', () => {
    const text = printed[4] ?? '';
    expect(text).toContain('"status":"ready"');
    expect(text).toContain('"openapi":"3.1.0"');
  });

  it('has been gone through whole', () => {
    expect(printed).toHaveLength(5);
  });

  it('ends with a log that is whole', async () => {
    expect(await server.stop()).toBe(0);
    const { code, stdout, stderr } = await runCommand(
      process.execPath,
      [join(root, 'apps/cli/launch/leasebook.mjs'), 'verify'],
      { environment: { PATH: process.env.PATH ?? '', LEASEBOOK_DATA_DIR: './data' }, cwd: folder.path },
    );
    expect(`${stdout}${stderr}`).not.toMatch(/damaged|differs/i);
    expect(code).toBe(0);
  }, 60_000);
});
