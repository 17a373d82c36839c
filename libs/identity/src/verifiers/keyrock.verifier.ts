import type { Clock } from '#kernel';
import { TokenVerifier, type Presented, type Principal, type Verification } from '../principal.js';
import type { ExternalKeyrock } from '../settings.js';
import { checkAccess } from './builtin.verifier.js';
import { HttpAsker, IdentityServiceSilent, type AskerSettings } from './http-asker.js';
import { principalFromKeyrock, principalFromKeystone } from './keystone-token.js';
import { VerificationCache } from './verification-cache.js';

/** KeyRock does not say when a token ends: it is asked again at the latest after this. */
const assumedLifeMs = 60_000;

/** FIWARE KeyRock: one question with the user's own token, no account of this server's (contracts/identity §5.3). */
export class KeyrockVerifier extends TokenVerifier {
  private readonly asker: HttpAsker;
  private readonly cache: VerificationCache;

  constructor(
    private readonly keyrock: ExternalKeyrock,
    private readonly clock: Clock,
    asker: Partial<AskerSettings> = {},
  ) {
    super();
    this.asker = new HttpAsker(asker);
    this.cache = new VerificationCache(clock, keyrock.cacheSeconds * 1000);
  }

  override async verify(presented: Presented): Promise<Verification> {
    const verification = await this.cache.get(presented.token, 'live', () => this.ask(presented.token));
    return verification.kind === 'valid' ? checkAccess(verification.principal, presented) : verification;
  }

  async close(): Promise<void> {
    await this.asker.close();
  }

  private async ask(token: string): Promise<Verification> {
    try {
      const principal = this.keyrock.form === 'v3' ? await this.askV3(token) : await this.askUserInfo(token);
      return principal === undefined ? { kind: 'invalid' } : { kind: 'valid', principal };
    } catch (error) {
      if (error instanceof IdentityServiceSilent) return { kind: 'unavailable', reason: error.message };
      throw error;
    }
  }

  /** Anything but a user is a refusal; only silence and 5xx are not. */
  private async askUserInfo(token: string): Promise<Principal | undefined> {
    const answer = await this.asker.ask(`${this.keyrock.url}${encodeURIComponent(token)}`, {
      method: 'GET',
      headers: { accept: 'application/json' },
    });
    const from = this.clock.now();
    const span = { from, to: from + Math.max(this.keyrock.cacheSeconds * 1000, assumedLifeMs) };
    return answer.status === 200 ? principalFromKeyrock(answer.json, this.keyrock.project, span) : undefined;
  }

  private async askV3(token: string): Promise<Principal | undefined> {
    const base = this.keyrock.url.replace(/\/+$/, '').replace(/\/v3(\/auth\/tokens)?$/, '');
    const answer = await this.asker.ask(`${base}/v3/auth/tokens`, {
      method: 'GET',
      headers: { accept: 'application/json', 'x-auth-token': token, 'x-subject-token': token },
    });
    const principal = answer.status === 200 ? principalFromKeystone(answer.json) : undefined;
    const { project } = this.keyrock;
    return principal && project !== undefined ? { ...principal, project: { id: project, name: project } } : principal;
  }
}
