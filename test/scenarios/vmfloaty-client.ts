import { request, type OutgoingHttpHeaders } from 'node:http';
import { gunzipSync } from 'node:zlib';

/** What the command-line client tells its user instead of an answer. */
export class FloatyError extends Error {
  override readonly name = 'FloatyError';
}

interface Heard {
  readonly status: number;
  // Whatever the server says; the client picks out what it needs.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

/**
 * The requests of vmfloaty 1.9 (contracts/vmpooler §12) as they go over the wire, and what it makes of the answers: a
 * Ruby program with Faraday over Net::HTTP, configured with an address up to `/api/vN`.
 */
export class Vmfloaty {
  constructor(
    private readonly url: string,
    private readonly token?: string,
  ) {}

  /** `floaty token get`, and the list of one's own. */
  async newToken(user: string, password: string): Promise<string> {
    const { status, body } = await this.ask('POST', 'token', basic(user, password));
    if (body.ok !== true) throw new FloatyError(`HTTP ${String(status)}: There was a problem requesting a token`);
    return body.token as string;
  }

  async tokenStatus(token: string): Promise<Heard['body']> {
    return (await this.ask('GET', `token/${token}`)).body;
  }

  async deleteToken(user: string, password: string, token: string): Promise<Heard['body']> {
    return (await this.ask('DELETE', `token/${token}`, basic(user, password))).body;
  }

  /** `floaty list` */
  async pools(): Promise<readonly string[]> {
    return (await this.ask('GET', 'vm')).body as readonly string[];
  }

  /** `floaty get a=2 b`: machines by the name that was asked for, fully qualified. */
  async get(wanted: Readonly<Record<string, number>>): Promise<Readonly<Record<string, readonly string[]>>> {
    const names = Object.entries(wanted).flatMap(([name, count]) => Array.from({ length: count }, () => name));
    const { status, body } = await this.ask('POST', `vm/${names.join('+')}`, this.form());
    if (body?.ok === true) return standardized(body);
    if (status === 401) throw new FloatyError('HTTP 401: The token provided could not authenticate to the pooler.');
    if (status === 403) throw new FloatyError('HTTP 403: Failed to obtain VMs from the pooler.');
    throw new FloatyError(`HTTP ${String(status)}: Failed to obtain VMs from the pooler.`);
  }

  /** `floaty get --ondemand`: the request's id. */
  async getOnDemand(wanted: Readonly<Record<string, number>>): Promise<string> {
    const names = Object.entries(wanted).flatMap(([name, count]) => Array.from({ length: count }, () => name));
    const { status, body } = await this.ask('POST', `ondemandvm/${names.join('+')}`, this.form());
    if (status !== 201 || body.ok !== true) throw new FloatyError(`HTTP ${String(status)}`);
    return body.request_id as string;
  }

  /** Asks until it is done; the program does so every five seconds. */
  async waitFor(requestId: string, pauseMs: number): Promise<Readonly<Record<string, readonly string[]>>> {
    for (;;) {
      const { status, body } = await this.ask('GET', `ondemandvm/${requestId}`);
      if (status === 200) return standardized(body);
      if (status !== 202) throw new FloatyError(`HTTP ${String(status)}: There was a problem with the request`);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  /** `floaty list --active`: a line for each machine of the token. */
  async active(): Promise<readonly string[]> {
    const { body } = await this.ask('GET', `token/${this.token ?? ''}`);
    const names = (body[this.token ?? ''].vms?.running ?? []) as readonly string[];
    const lines: string[] = [];
    for (const name of names) lines.push(await this.line(name));
    return lines;
  }

  /** The record is looked up under the name that was asked with. */
  private async line(name: string): Promise<string> {
    const { body } = await this.ask('GET', `vm/${name}`);
    const vm = body[name];
    const host = vm.fqdn ?? `${name}.${String(vm.domain)}`;
    const duration = `${String(vm.running)}/${String(vm.lifetime)} hours`;
    const tags = Object.entries(vm.tags ?? {}).map(([key, value]) => `${key}: ${String(value)}`);
    return `- ${String(host)} (${[vm.state, vm.template, duration, ...tags].join(', ')})`;
  }

  async query(host: string): Promise<Heard['body']> {
    return (await this.ask('GET', `vm/${host}`)).body;
  }

  /** `floaty modify` */
  async modify(host: string, change: Readonly<Record<string, unknown>>): Promise<boolean> {
    const { status, body } = await this.ask('PUT', `vm/${host}`, this.form(), JSON.stringify(change));
    if (status === 401) throw new FloatyError('HTTP 401: The token provided could not authenticate to the pooler.');
    return body.ok as boolean;
  }

  async addDisk(host: string, gb: number): Promise<Heard['body']> {
    return (await this.ask('POST', `vm/${host}/disk/${String(gb)}`, this.form())).body;
  }

  async snapshot(host: string): Promise<Heard['body']> {
    return (await this.ask('POST', `vm/${host}/snapshot`, this.form())).body;
  }

  async revert(host: string, id: string): Promise<Heard['body']> {
    return (await this.ask('POST', `vm/${host}/snapshot/${id}`, this.form())).body;
  }

  /** `floaty delete`: one request for each. */
  async delete(hosts: readonly string[]): Promise<Readonly<Record<string, Heard['body']>>> {
    const outcomes: Record<string, Heard['body']> = {};
    for (const host of hosts) outcomes[host] = (await this.ask('DELETE', `vm/${host}`, this.withToken())).body;
    return outcomes;
  }

  /** `floaty status`: a line for each pool with gaps, and how it is altogether. */
  async status(): Promise<{ readonly gaps: Readonly<Record<string, number>>; readonly message: string }> {
    const { body } = await this.ask('GET', 'status');
    const pools = body.pools as Readonly<Record<string, { ready: number; pending: number; max: number }>>;
    const gaps = Object.entries(pools).map(([name, { ready, pending, max }]) => [name, max - ready - pending] as const);
    return { gaps: Object.fromEntries(gaps.filter(([, gap]) => gap !== 0)), message: body.status.message as string };
  }

  async summary(): Promise<Heard['body']> {
    return (await this.ask('GET', 'summary')).body;
  }

  private withToken(): OutgoingHttpHeaders {
    return this.token === undefined ? {} : { 'X-AUTH-TOKEN': this.token };
  }

  private form(): OutgoingHttpHeaders {
    return { ...this.withToken(), 'Content-Type': 'application/x-www-form-urlencoded' };
  }

  private async ask(method: string, path: string, headers: OutgoingHttpHeaders = {}, body = ''): Promise<Heard> {
    const own = {
      'User-Agent': 'Faraday v1.10.3',
      'Accept-Encoding': 'gzip;q=1.0,deflate;q=0.6,identity;q=0.3',
      Accept: '*/*',
      ...(method === 'POST' || method === 'PUT' ? { 'Content-Length': Buffer.byteLength(body) } : {}),
    };
    return new Promise((resolve, reject) => {
      const sent = request(`${this.url}/${path}`, { method, headers: { ...own, ...headers } }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          const bytes = Buffer.concat(parts);
          const text = (answer.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
          resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text) });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

function basic(user: string, password: string): OutgoingHttpHeaders {
  return {
    Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
    'Content-Type': 'application/x-www-form-urlencoded',
  };
}

/** Drops what is no machine; every other member must have host names. */
function standardized(answer: Heard['body']): Readonly<Record<string, readonly string[]>> {
  const {
    ok: _ok,
    domain,
    request_id: _id,
    ready: _ready,
    ...machines
  } = answer as Record<string, unknown> & {
    readonly domain?: string;
  };
  return Object.fromEntries(
    Object.entries(machines).map(([name, value]) => {
      const hosts = [(value as { hostname: string | string[] }).hostname].flat();
      return [name, domain === undefined ? hosts : hosts.map((host) => `${host}.${domain}`)];
    }),
  );
}
