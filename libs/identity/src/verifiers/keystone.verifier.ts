import type { Clock } from '#kernel';
import { TokenVerifier, type Presented, type Verification } from '../principal.js';
import type { ExternalKeystone } from '../settings.js';
import { checkAccess, isService } from './builtin.verifier.js';
import { HttpAsker, IdentityServiceSilent, type Answer, type AskerSettings } from './http-asker.js';
import { principalFromKeystone, time } from './keystone-token.js';
import { VerificationCache } from './verification-cache.js';

interface ServiceToken {
  readonly text: string;
  readonly expiresAt: number;
}

/** The own token is replaced when it has less than this left. */
const renewBeforeMs = 60_000;

/** Asks a Keystone elsewhere, in the order of contracts/identity §5.2. */
export class KeystoneVerifier extends TokenVerifier {
  private readonly asker: HttpAsker;
  private readonly cache: VerificationCache;
  private readonly base: string;
  private own: Promise<ServiceToken> | undefined;

  constructor(
    private readonly keystone: ExternalKeystone,
    private readonly clock: Clock,
    asker: Partial<AskerSettings> = {},
  ) {
    super();
    this.asker = new HttpAsker(asker);
    this.cache = new VerificationCache(clock, keystone.cacheSeconds * 1000);
    this.base = `${keystone.authUrl.replace(/\/+$/, '').replace(/\/v3$/, '')}/v3`;
  }

  override async verify(presented: Presented): Promise<Verification> {
    const allowExpired = await this.comesFromService(presented);
    if (typeof allowExpired !== 'boolean') return allowExpired;
    const verification = await this.ask(presented.token, allowExpired);
    return verification.kind === 'valid' ? checkAccess(verification.principal, presented) : verification;
  }

  async close(): Promise<void> {
    await this.asker.close();
  }

  private async comesFromService({ serviceToken }: Presented): Promise<boolean | Verification> {
    if (serviceToken === undefined) return false;
    const service = await this.ask(serviceToken, false);
    if (service.kind === 'unavailable') return service;
    return service.kind === 'valid' && isService(service.principal);
  }

  private ask(token: string, allowExpired: boolean): Promise<Verification> {
    return this.cache.get(token, allowExpired ? 'expired' : 'live', async () => {
      try {
        return await this.show(token, allowExpired);
      } catch (error) {
        if (error instanceof IdentityServiceSilent) return { kind: 'unavailable', reason: error.message };
        throw error;
      }
    });
  }

  private async show(token: string, allowExpired: boolean): Promise<Verification> {
    const url = `${this.base}/auth/tokens?nocatalog${allowExpired ? '&allow_expired=1' : ''}`;
    let answer = await this.askAs(await this.ownToken(), url, token);
    if (answer.status === 401) {
      // The own token was revoked, or Keystone lost its keys: once more with a new one.
      this.own = undefined;
      answer = await this.askAs(await this.ownToken(), url, token);
    }
    if (answer.status === 404) return { kind: 'invalid' };
    const principal = answer.status === 200 ? principalFromKeystone(answer.json) : undefined;
    if (principal === undefined)
      throw new IdentityServiceSilent(`Keystone answered ${String(answer.status)} when asked about a token`);
    return { kind: 'valid', principal };
  }

  private askAs(own: ServiceToken, url: string, token: string): Promise<Answer> {
    return this.asker.ask(url, {
      method: 'GET',
      headers: { accept: 'application/json', 'x-auth-token': own.text, 'x-subject-token': token },
    });
  }

  private async ownToken(): Promise<ServiceToken> {
    const known = this.own === undefined ? undefined : await this.own.catch(() => undefined);
    if (known !== undefined && known.expiresAt - renewBeforeMs > this.clock.now()) return known;
    // Whoever comes first logs in, the others wait for it.
    const current = this.own;
    if (current !== undefined && (await current.catch(() => undefined)) !== known) return this.ownToken();
    this.own = this.logIn();
    this.own.catch(() => (this.own = undefined));
    return this.own;
  }

  private async logIn(): Promise<ServiceToken> {
    const { username, password, project, domain } = this.keystone;
    const where = { domain: { name: domain } };
    const auth = {
      identity: { methods: ['password'], password: { user: { name: username, password, ...where } } },
      scope: { project: { name: project, ...where } },
    };
    const answer = await this.asker.ask(`${this.base}/auth/tokens?nocatalog`, {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify({ auth }),
    });
    const text = answer.header('x-subject-token');
    const body = answer.json as { readonly token?: { readonly expires_at?: unknown } } | undefined;
    const expiresAt = time(body?.token?.expires_at);
    if (answer.status !== 201 || text === undefined || expiresAt === undefined)
      throw new IdentityServiceSilent(`Keystone answered ${String(answer.status)} to this server's own login`);
    return { text, expiresAt };
  }
}
