import type { Principal } from '#identity';
import { domainId, domainName } from '../requests/domain.request.js';
import { timeView } from './resources.view.js';

/** T of contracts/identity §2. `catalog` undefined: left out. */
export function tokenView(principal: Principal, catalog: readonly unknown[] | undefined): unknown {
  const { userId, userName, project, applicationCredential: credential } = principal;
  const scope = project && {
    project: { id: project.id, name: project.name, domain: { id: domainId, name: domainName } },
    is_domain: false,
    roles: principal.roles,
    ...(catalog === undefined ? {} : { catalog }),
  };
  return {
    token: {
      methods: principal.methods,
      user: {
        id: userId,
        name: userName,
        domain: { id: principal.domainId, name: principal.domainName },
        password_expires_at: null,
      },
      audit_ids: principal.auditIds,
      issued_at: timeView(principal.issuedAt),
      expires_at: timeView(principal.expiresAt),
      ...scope,
      ...(credential === null
        ? {}
        : {
            application_credential: {
              id: credential.id,
              name: credential.name,
              restricted: credential.restricted,
              ...(credential.accessRules === null ? {} : { access_rules: credential.accessRules }),
            },
          }),
    },
  };
}
