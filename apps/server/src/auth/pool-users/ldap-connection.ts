import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { Client, ResultCodeError, type Filter } from 'ldapts';
import type { PoolLdapSettings } from './pool-auth.settings.js';

/** The server cannot be reached, does not speak TLS as wanted, or does not say yes or no. */
export class LdapUnavailable extends Error {
  override readonly name = 'LdapUnavailable';
}

/**
 * Answers to a bind by which a server says that the credentials are not good: constraint violation (locked), no such
 * object, invalid DN syntax, inappropriate authentication, invalid credentials, insufficient access, unwilling.
 */
const refusals: ReadonlySet<number> = new Set([19, 32, 34, 48, 49, 50, 53]);
const noSuchObject = 32;

/**
 * One connection for one check of credentials. It is never made anew: after StartTLS a second one would be in clear.
 * Everything throws LdapUnavailable.
 */
export class LdapConnection {
  private readonly client: Client;
  private socket: Socket | undefined;
  private readonly failed: Promise<never>;
  private fail: (reason: string) => void = () => undefined;

  private constructor(
    private readonly settings: Pick<PoolLdapSettings, 'url' | 'startTls' | 'timeoutSeconds'>,
    private readonly tls: ConnectionOptions,
  ) {
    this.failed = new Promise((_, reject) => {
      this.fail = (reason) => reject(new LdapUnavailable(reason));
    });
    // Nobody may be waiting yet when the connection is lost.
    this.failed.catch(() => undefined);
    const ms = settings.timeoutSeconds * 1000;
    const secure = settings.url.startsWith('ldaps:');
    this.client = new Client({
      url: settings.url,
      timeout: ms,
      connectTimeout: ms,
      ...(secure ? { tlsOptions: tls } : {}),
      createConnection: ((port: number, host: string) => this.keep(() => connect(port, host))) as typeof connect,
      // For ldaps with port and host; for StartTLS with the socket that is there.
      createSecureConnection: ((...given: [number, string, ConnectionOptions] | [ConnectionOptions]) =>
        given.length === 1 ? connectTls(given[0]) : this.keep(() => connectTls(...given))) as typeof connectTls,
    });
  }

  /** Runs something on a connection, which is gone afterwards; after the time-out too. `ca`: certificates to trust instead of the usual ones. */
  static async with<Result>(
    settings: Pick<PoolLdapSettings, 'url' | 'startTls' | 'timeoutSeconds'>,
    ca: string | undefined,
    work: (connection: LdapConnection) => Promise<Result>,
  ): Promise<Result> {
    const host = new URL(settings.url).hostname.replace(/^\[(.*)\]$/, '$1');
    const tls = { host, ...(isIP(host) === 0 ? { servername: host } : {}), ...(ca !== undefined && { ca }) };
    const connection = new LdapConnection(settings, tls);
    const ms = settings.timeoutSeconds * 1000;
    const timer = setTimeout(() => connection.fail(`no answer within ${ms} ms`), ms);
    try {
      return await Promise.race([connection.prepared().then(() => work(connection)), connection.failed]);
    } catch (error) {
      throw unavailable(error);
    } finally {
      clearTimeout(timer);
      connection.close();
    }
  }

  /** False: the server says no. Never with an empty DN or password, which a server takes for nobody and lets in (RFC 4513). */
  async bind(dn: string, password: string): Promise<boolean> {
    if (dn === '' || password === '') return false;
    try {
      await this.client.bind(dn, password);
      return true;
    } catch (error) {
      if (error instanceof ResultCodeError && refusals.has(error.code)) return false;
      throw unavailable(error);
    }
  }

  /** DNs of what is found below the base, two at most; none where there is no such base. */
  async search(base: string, filter: Filter): Promise<readonly string[]> {
    try {
      const { searchEntries } = await this.client.search(base, {
        scope: 'sub',
        filter,
        sizeLimit: 2,
        timeLimit: Math.ceil(this.settings.timeoutSeconds),
        attributes: ['1.1'],
      });
      return searchEntries.map(({ dn }) => dn);
    } catch (error) {
      if (error instanceof ResultCodeError && error.code === noSuchObject) return [];
      throw unavailable(error);
    }
  }

  private async prepared(): Promise<void> {
    if (this.settings.startTls && !this.settings.url.startsWith('ldaps:')) await this.client.startTLS({ ...this.tls });
  }

  private keep<Made extends Socket>(make: () => Made): Made {
    if (this.socket !== undefined) throw new LdapUnavailable('the connection was lost');
    const made = make();
    this.socket = made;
    made.once('close', () => this.fail('the connection was lost'));
    return made;
  }

  private close(): void {
    // Whatever goes wrong with it from here on is nobody's business.
    this.socket?.on('error', () => undefined);
    this.socket?.destroy();
  }
}

function unavailable(error: unknown): LdapUnavailable {
  if (error instanceof LdapUnavailable) return error;
  return new LdapUnavailable(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}
