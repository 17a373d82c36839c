import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ServerProcess, temporaryFolder } from '../server-process.js';

const folder = temporaryFolder();
let server: ServerProcess;

beforeAll(async () => {
  server = await ServerProcess.start({ dataDir: folder.path, from: 'dist' });
});

afterAll(async () => {
  await server.kill();
  folder.remove();
});

/** Inodes of the sockets that a process holds open. */
function socketsOf(pid: number): ReadonlySet<string> {
  const folder = `/proc/${String(pid)}/fd`;
  const inodes = readdirSync(folder).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${fd}`))?.[1] ?? [];
    } catch {
      return []; // closed meanwhile
    }
  });
  return new Set(inodes);
}

interface Listener {
  /** As the kernel writes it: bytes of each 32-bit word reversed, hex. */
  readonly address: string;
  readonly port: number;
}

function listeners(pid: number, table: 'tcp' | 'tcp6' | 'udp' | 'udp6'): readonly Listener[] {
  const sockets = socketsOf(pid);
  // TCP: 0A is LISTEN. UDP: 07 is bound and not connected.
  const waiting = table.startsWith('tcp') ? '0A' : '07';
  return readFileSync(`/proc/${String(pid)}/net/${table}`, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === waiting && sockets.has(inode ?? ''))
    .map(([, local = '']) => ({ address: local.split(':')[0] ?? '', port: parseInt(local.split(':')[1] ?? '', 16) }));
}

describe('what listens', () => {
  it('is one port on loopback and nothing else', () => {
    const port = Number(new URL(server.url).port);
    expect(listeners(server.pid, 'tcp')).toEqual([{ address: '0100007F', port }]);
    expect(listeners(server.pid, 'tcp6')).toEqual([]);
    expect(listeners(server.pid, 'udp')).toEqual([]);
    expect(listeners(server.pid, 'udp6')).toEqual([]);
  });
});
