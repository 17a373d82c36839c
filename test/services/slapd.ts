import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { accessSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { temporaryFolder } from '../server-process.js';

export const suffix = 'dc=lab,dc=example';
export const searcher = { dn: `cn=searcher,${suffix}`, password: 'may search' };

export interface LdapEntry {
  /** Below the suffix. */
  readonly dn: string;
  readonly attributes: Readonly<Record<string, string | readonly string[]>>;
}

/** Debian's OpenLDAP server with a directory of its own, on loopback. */
export class Slapd {
  private readonly folder = temporaryFolder();
  private process: ChildProcess | undefined;

  private constructor(
    private readonly binary: string,
    /** Plain LDAP, StartTLS. Also at 127.0.0.2, which the certificate does not name. */
    readonly port: number,
    /** LDAP over TLS. */
    readonly tlsPort: number,
  ) {}

  /** Throws where there is no slapd or openssl. */
  static async start(entries: readonly LdapEntry[]): Promise<Slapd> {
    const slapd = new Slapd(command('slapd'), await freePort(), await freePort());
    try {
      slapd.prepare(entries);
      await slapd.start();
      return slapd;
    } catch (error) {
      await slapd.remove();
      throw error;
    }
  }

  /** PEM; names localhost and 127.0.0.1. */
  get caFile(): string {
    return join(this.folder.path, 'certificate.pem');
  }

  get keyFile(): string {
    return join(this.folder.path, 'key.pem');
  }

  async start(): Promise<void> {
    const urls = [
      `ldap://127.0.0.1:${this.port}/`,
      `ldap://127.0.0.2:${this.port}/`,
      `ldaps://127.0.0.1:${this.tlsPort}/`,
    ];
    const started = spawn(this.binary, ['-d', '0', '-f', this.configuration, '-h', urls.join(' ')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.process = started;
    let said = '';
    started.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    while (!(await answers(this.port))) {
      if (started.exitCode !== null) throw new Error(`slapd ended: ${said}`);
      await wait(20);
    }
  }

  async stop(): Promise<void> {
    const { process } = this;
    this.process = undefined;
    if (process?.exitCode !== null) return;
    const ended = new Promise((resolve) => process.once('exit', resolve));
    process.kill('SIGCONT');
    process.kill('SIGTERM');
    await ended;
  }

  /** Connections are taken, and nothing is answered. */
  freeze(): void {
    this.process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.process?.kill('SIGCONT');
  }

  async remove(): Promise<void> {
    await this.stop();
    this.folder.remove();
  }

  private get configuration(): string {
    return join(this.folder.path, 'slapd.conf');
  }

  private prepare(entries: readonly LdapEntry[]): void {
    const { path } = this.folder;
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const request = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-keyout',
      this.keyFile,
      '-out',
      this.caFile,
    ];
    execFileSync(command('openssl'), [...request, ...subject], { stdio: 'ignore' });
    mkdirSync(join(path, 'directory'));
    // Lets in who names somebody and gives no password, as some servers do: nobody may be taken for proved by that.
    const lines = [
      ...['core', 'cosine', 'inetorgperson'].map((schema) => `include /etc/ldap/schema/${schema}.schema`),
      `pidfile ${join(path, 'slapd.pid')}`,
      'modulepath /usr/lib/ldap',
      'moduleload back_mdb',
      'allow bind_anon_cred bind_anon_dn',
      `TLSCertificateFile ${this.caFile}`,
      `TLSCertificateKeyFile ${this.keyFile}`,
      'database mdb',
      `suffix "${suffix}"`,
      `directory ${join(path, 'directory')}`,
      'access to attrs=userPassword by anonymous auth by * none',
      `access to * by dn.exact="${searcher.dn}" read by anonymous auth by * none`,
    ];
    writeFileSync(this.configuration, `${lines.join('\n')}\n`);
    const ldif = join(path, 'entries.ldif');
    writeFileSync(ldif, [organisation, searching, ...entries].map(ldifOf).join('\n'));
    execFileSync(command('slapadd'), ['-f', this.configuration, '-l', ldif], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
}

const organisation: LdapEntry = {
  dn: '',
  attributes: { objectClass: ['dcObject', 'organization'], dc: 'lab', o: 'lab' },
};
const searching: LdapEntry = {
  dn: 'cn=searcher',
  attributes: {
    objectClass: ['organizationalRole', 'simpleSecurityObject'],
    cn: 'searcher',
    userPassword: searcher.password,
  },
};

/** Values as base64, so that anything may stand in them. */
function ldifOf({ dn, attributes }: LdapEntry): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const lines = [`dn:: ${base64(dn === '' ? suffix : `${dn},${suffix}`)}`];
  for (const [name, values] of Object.entries(attributes))
    for (const value of [values].flat()) lines.push(`${name}:: ${base64(value)}`);
  return `${lines.join('\n')}\n`;
}

/** Its path; Debian keeps servers where not everybody looks. */
function command(name: string): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  const found = folders.map((folder) => join(folder, name)).find(isThere);
  if (found === undefined) throw new Error(`${name} is missing: install Debian's packages slapd and openssl`);
  return found;
}

function isThere(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
