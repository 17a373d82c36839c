import { request as send, type OutgoingHttpHeaders } from 'node:http';
import { goodToken, type MemoryVmpooler } from './memory-vmpooler.js';

export interface Heard {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  readonly text: string;
}

/** As it goes over the wire: nothing is unpacked, followed or added. */
export function askVmpooler(
  line: string,
  { headers = {}, body, at }: { headers?: OutgoingHttpHeaders; body?: string | undefined; at: MemoryVmpooler },
): Promise<Heard> {
  const [method = '', path = ''] = line.split(' ');
  const { hostname, port } = new URL(at.url);
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const sent = send({ method, path, hostname, port, headers: { ...length, ...headers } }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () => {
        const bytes = Buffer.concat(parts);
        const { statusCode: status = 0 } = answer;
        resolve({ status, headers: answer.headers as Record<string, string>, bytes, text: bytes.toString() });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

export const refused = '{\n  "ok": false\n}';
export const token = { 'x-auth-token': goodToken };
export const basic = (user: string, password: string): OutgoingHttpHeaders => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});
export const jdoe = basic('jdoe', 'pass:wörd');
export const nothing = { value: undefined, stale: false };
export const mounts = ['/api/v1', '/api/v2', '/api/v3', '/vmpooler/api/v1', '/vmpooler/api/v2', '/vmpooler/api/v3', '/vmpooler', '']; // prettier-ignore
