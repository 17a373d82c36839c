import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { load, type Load } from './http-load.js';

/** Appends of 300 bytes, each made durable before the next: what the disk allows a single writer in this minute. */
export function fdatasyncRate(seconds = 1): number {
  const path = join(tmpdir(), `leasebook-fdatasync-${String(process.pid)}`);
  const file = openSync(path, 'w');
  const bytes = Buffer.alloc(300, 'x');
  const began = performance.now();
  let count = 0;
  while (performance.now() - began < seconds * 1000) {
    writeSync(file, bytes);
    fdatasyncSync(file);
    count += 1;
  }
  const rate = count / ((performance.now() - began) / 1000);
  closeSync(file);
  rmSync(path);
  return rate;
}

/** A Nest + Fastify server that does nothing, in a process of its own: the ceiling for any GET and POST of ours. */
export async function emptyServerLoad(method: 'GET' | 'POST', connections: number, seconds: number): Promise<Load> {
  const hook = new URL('../typescript.mjs', import.meta.url).href;
  const script = fileURLToPath(new URL('./empty-server.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=source', '--import', hook, script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.once('data', (chunk: Buffer) => {
        resolve(chunk.toString().trim());
      });
      child.once('exit', reject);
    });
    const body = method === 'POST' ? { body: '{"name":"x"}', headers: { 'content-type': 'application/json' } } : {};
    return await load({ url: `${url}/nothing`, connections, seconds, method, ...body });
  } finally {
    child.kill('SIGKILL');
  }
}
