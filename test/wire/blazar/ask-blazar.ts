import { expect } from '@jest/globals';
import { request as send, type OutgoingHttpHeaders } from 'node:http';

/** `req-<uuid4>`. */
export const requestId: unknown = expect.stringMatching(
  /^req-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/,
);

/** Both envelopes of contracts/blazar §2. */
export const short = (status: number, message: unknown): object => ({ error: status, error_message: message });
export const long = (status: number, message: unknown, name: unknown = status): object => ({
  error_code: status,
  error_message: message,
  error_name: name,
});

export interface Heard {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  // Whoever asked knows what it should be.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly json: any;
}

export interface Sent {
  readonly at: { readonly url: string };
  /** A token; null: none. */
  readonly as?: string | null;
  readonly json?: unknown;
  readonly body?: string | Buffer;
  readonly headers?: OutgoingHttpHeaders;
}

/** `POST /v1/leases`, as it goes over the wire: nothing is followed or added but token, type and length. */
export function askBlazar(line: string, { at, as = 'demo', json, body, headers = {} }: Sent): Promise<Heard> {
  const [method = '', path = ''] = line.split(' ', 2);
  const bytes = json === undefined ? body : JSON.stringify(json);
  const sent: OutgoingHttpHeaders = {
    ...(as === null ? {} : { 'x-auth-token': as }),
    ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    ...(bytes === undefined ? {} : { 'content-length': Buffer.byteLength(bytes) }),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const asked = send(`${at.url}/`, { method, path, headers: sent }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => (text += part));
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers as Record<string, string>,
          text,
          json: parsed(text),
        }),
      );
    });
    asked.on('error', reject);
    asked.end(bytes);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
