import { TokenVerifier, type Presented, type Principal, type Verification } from '../principal.js';
import type { TokenReader } from '../tokens/token-reader.js';
import { allowedBy } from './access-rules.policy.js';

const invalid: Verification = { kind: 'invalid' };

/** Tokens of this server (contracts/identity §5.1). */
export class BuiltinVerifier extends TokenVerifier {
  constructor(private readonly tokens: TokenReader) {
    super();
  }

  override async verify(presented: Presented): Promise<Verification> {
    const live = await this.tokens.read(presented.token);
    const read = live ?? (await this.expired(presented));
    return read === undefined ? invalid : checkAccess(read.principal, presented);
  }

  /** A service may go on with a request whose user token has just ended. */
  private async expired({ token, serviceToken }: Presented): Promise<{ readonly principal: Principal } | undefined> {
    if (serviceToken === undefined) return undefined;
    const service = await this.tokens.read(serviceToken);
    return service !== undefined && isService(service.principal) ? this.tokens.read(token, true) : undefined;
  }
}

export function isService(principal: Principal): boolean {
  return principal.roles.some((role) => role.name.toLowerCase() === 'service');
}

/** Where a credential has access rules, a request that is not told is not allowed. */
export function checkAccess(principal: Principal, { request }: Presented): Verification {
  const rules = principal.applicationCredential?.accessRules ?? null;
  if (rules !== null && (request === undefined || !allowedBy(rules, request))) return invalid;
  return { kind: 'valid', principal };
}
