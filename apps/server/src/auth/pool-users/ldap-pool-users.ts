import { readFileSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import type { OutsideChecks, OutsideVerdict } from '#identity';
import type { CommandContext } from '#kernel';
import { PoolUsers } from '#pools';
import { LdapConnection, LdapUnavailable } from './ldap-connection.js';
import { userDn, userFilter, userNameOf } from './ldap-names.js';
import type { PoolLdapSettings } from './pool-auth.settings.js';
import type { Standing, Verdict } from './verdict.js';

const prefix = 'ldap:';
/** Checks at a time; each has a connection of its own. */
const maxChecks = 16;
const warnEveryMs = 60_000;

/**
 * Users of an LDAP server, under the one spelling of their names. With a service account they are searched below the
 * bases; without it their DN is put together from each attribute and base until one works.
 */
export class LdapPoolUsers extends PoolUsers {
  private readonly logger = new Logger('LdapPoolUsers');
  private readonly administrators: ReadonlySet<string>;
  private readonly ca: string | undefined;
  private underWay = 0;
  private warnedAt = Number.NEGATIVE_INFINITY;

  /** Throws when the file with certificates cannot be read. */
  constructor(
    private readonly settings: PoolLdapSettings,
    private readonly checks: OutsideChecks,
  ) {
    super();
    this.administrators = new Set(settings.administrators.flatMap((name) => userNameOf(name) ?? []));
    if (settings.caFile !== undefined) this.ca = readFileSync(settings.caFile, 'utf8');
  }

  override async check(user: string, password: string, context: CommandContext): Promise<Verdict> {
    const name = userNameOf(user);
    if (name === undefined || password === '') return { kind: 'unknown' };
    if (this.underWay >= maxChecks) return { kind: 'limited', retryAfterSeconds: 1 };
    this.underWay += 1;
    try {
      const verdict = await this.checks.run(`${prefix}${name}`, context, () => this.ask(name, password));
      if (typeof verdict === 'object') return { kind: 'limited', ...verdict };
      if (verdict === 'undecided') return { kind: 'unavailable' };
      if (verdict === 'wrong') return { kind: 'unknown' };
      return { kind: 'known', user: { userId: `${prefix}${name}`, name, projectId: null } };
    } finally {
      this.underWay -= 1;
    }
  }

  override async standing(userId: string): Promise<Standing> {
    if (!userId.startsWith(prefix)) return undefined;
    return { administrator: this.administrators.has(userId.slice(prefix.length)) };
  }

  private async ask(name: string, password: string): Promise<OutsideVerdict> {
    try {
      const right = await LdapConnection.with(this.settings, this.ca, (connection) =>
        this.settings.serviceUser === undefined
          ? this.bindDirectly(connection, name, password)
          : this.searchAndBind(connection, name, password, this.settings.serviceUser),
      );
      return right ? 'right' : 'wrong';
    } catch (error) {
      if (!(error instanceof LdapUnavailable)) throw error;
      this.warn(error.message);
      return 'undecided';
    }
  }

  private async bindDirectly(connection: LdapConnection, name: string, password: string): Promise<boolean> {
    for (const base of this.settings.bases)
      for (const attribute of this.settings.userObjects)
        if (await connection.bind(userDn(attribute, name, base), password)) return true;
    return false;
  }

  /** A name that several entries below a base have is nobody's there. */
  private async searchAndBind(
    connection: LdapConnection,
    name: string,
    password: string,
    serviceUser: string,
  ): Promise<boolean> {
    const { bases, searchFilterObject, servicePassword = '', userObjects } = this.settings;
    const filter = userFilter(searchFilterObject === undefined ? userObjects : [searchFilterObject], name);
    for (const base of bases) {
      // Each time, since the attempt to be the user has ended being the service account.
      if (!(await connection.bind(serviceUser, servicePassword)))
        throw new LdapUnavailable('the service account is refused');
      const found = await connection.search(base, filter);
      const [dn] = found;
      if (found.length === 1 && dn !== undefined && (await connection.bind(dn, password))) return true;
    }
    return false;
  }

  /** Once a minute: while the server is away every request would say it. */
  private warn(reason: string): void {
    const now = performance.now();
    if (now - this.warnedAt < warnEveryMs) return;
    this.warnedAt = now;
    this.logger.warn(`the LDAP server cannot say who users are: ${reason}`);
  }
}
