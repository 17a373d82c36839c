import { Agent, request as send, type OutgoingHttpHeaders } from 'node:http';
import { Agent as SecureAgent, request as sendSecurely } from 'node:https';

export interface WireRequest {
  readonly method: string;
  /** As it goes over the wire: nothing is normalised or escaped. */
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer | undefined;
}

export interface WireAnswer {
  readonly status: number;
  /** By lower-case name: the values of all lines, in order. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly text: string;
}

const longestMs = 30_000;

/** Connections to one server. */
export class Exchange {
  private readonly secure: boolean;
  private readonly agent: Agent;

  constructor(private readonly base: URL) {
    this.secure = base.protocol === 'https:';
    this.agent = this.secure ? new SecureAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
  }

  async ask({ method, path, headers, body }: WireRequest): Promise<WireAnswer> {
    const { hostname, port, pathname } = this.base;
    const options = {
      method,
      hostname,
      port,
      path: `${pathname.replace(/\/$/, '')}${path}`,
      agent: this.agent,
      timeout: longestMs,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-length': body.length }) },
    };
    return new Promise((resolve, reject) => {
      const sent = (this.secure ? sendSecurely : send)(options, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: linesOf(answer.rawHeaders),
            text: Buffer.concat(parts).toString('utf8'),
          }),
        );
      });
      sent.on('timeout', () =>
        sent.destroy(new Error(`no answer to ${method} ${path} within ${String(longestMs)} ms`)),
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

function linesOf(raw: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const lines = new Map<string, string[]>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] ?? '').toLowerCase();
    lines.set(name, [...(lines.get(name) ?? []), raw[at + 1] ?? '']);
  }
  return lines;
}
