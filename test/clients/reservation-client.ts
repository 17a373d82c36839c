import type { OpenStackClient } from './openstack-client.js';

export type Row = Record<string, unknown>;

/** The same commands twice: `openstack reservation lease set`, `blazar lease-update`. */
export type Tongue = 'openstack reservation' | 'blazar';

type Noun = 'lease' | 'host' | 'host property' | 'floatingip';
type Verb = 'create' | 'list' | 'show' | 'set' | 'delete';

/** Reservations through Debian's `python3-blazarclient`, in either tongue. */
export class ReservationClient {
  private readonly client: OpenStackClient;

  constructor(
    client: OpenStackClient,
    readonly tongue: Tongue,
  ) {
    this.client = client.by(tongue === 'blazar' ? '/usr/bin/blazar' : '/usr/bin/openstack');
  }

  text(noun: Noun, verb: Verb, ...args: readonly string[]): Promise<string> {
    return this.client.text(...this.command(noun, verb), ...args);
  }

  fault(noun: Noun, verb: Verb, ...args: readonly string[]): Promise<string> {
    return this.client.fault(...this.command(noun, verb), ...args);
  }

  /** What is made is announced in a line before the JSON. */
  async json<T>(noun: Noun, verb: Verb, ...args: readonly string[]): Promise<T> {
    const printed = await this.text(noun, verb, ...args, '-f', 'json');
    return JSON.parse(printed.replace(/^Created a new \w+:\n/, '')) as T;
  }

  private command(noun: Noun, verb: Verb): readonly string[] {
    if (this.tongue === 'openstack reservation') return ['reservation', ...noun.split(' '), verb];
    const said = verb === 'set' && noun !== 'host property' ? 'update' : verb;
    return [`${noun.replace(' ', '-')}-${said}`];
  }
}

/** A reservation as the command takes it. */
export const words = (values: Row): string =>
  Object.entries(values)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(',');

/** Lists inside an answer are printed as JSON texts, one after the other. */
export function inside(printed: unknown): readonly Row[] {
  return JSON.parse(`[${String(printed).replaceAll('}\n{', '},{')}]`) as Row[];
}
