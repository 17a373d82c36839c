import { Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { TokenVerifier } from './principal.js';
import { IdentityServices } from './services.js';
import type { IdentitySettings } from './settings.js';
import { ActorNamesHandler } from './use-cases/actor-names.handler.js';
import {
  CreateApplicationCredentialHandler,
  DeleteApplicationCredentialHandler,
} from './use-cases/application-credentials.handler.js';
import {
  ListApplicationCredentialsHandler,
  ListAssignmentsHandler,
  ListProjectsHandler,
  ListRolesHandler,
  ListUsersHandler,
  ShowProjectHandler,
  ShowUserHandler,
  ShowUserStandingHandler,
} from './use-cases/directory-queries.handler.js';
import { CreateProjectHandler, DeleteProjectHandler, UpdateProjectHandler } from './use-cases/projects.handler.js';
import {
  CreateRoleHandler,
  DeleteRoleHandler,
  GrantRoleHandler,
  RevokeRoleHandler,
} from './use-cases/roles.handler.js';
import {
  CheckPasswordHandler,
  LogInHandler,
  RevokeTokenHandler,
  ShowTokenHandler,
} from './use-cases/tokens.handler.js';
import {
  ChangeOwnPasswordHandler,
  CreateUserHandler,
  DeleteUserHandler,
  UpdateUserHandler,
} from './use-cases/users.handler.js';
import { BuiltinVerifier } from './verifiers/builtin.verifier.js';
import { KeyrockVerifier } from './verifiers/keyrock.verifier.js';
import { KeystoneVerifier } from './verifiers/keystone.verifier.js';
import { NoauthVerifier } from './verifiers/noauth.verifier.js';

/** The one that the settings choose. Throws when the section of that mode is missing. */
export function verifierFor(settings: IdentitySettings, services: IdentityServices): TokenVerifier {
  const builtin = new BuiltinVerifier(services.tokens);
  switch (settings.mode) {
    case 'builtin':
      return builtin;
    case 'noauth':
      return new NoauthVerifier(builtin, settings.clock);
    case 'keystone':
      if (settings.keystone === undefined) throw new Error('identity mode keystone needs its section');
      return new KeystoneVerifier(settings.keystone, settings.clock);
    case 'keyrock':
      if (settings.keyrock === undefined) throw new Error('identity mode keyrock needs its section');
      return new KeyrockVerifier(settings.keyrock, settings.clock);
  }
}

/** Needs, from a global module: CommandExecutor, Vault, IDENTITY_SETTINGS. Gives TokenVerifier to everybody. */
@Global()
@Module({
  imports: [CqrsModule],
  providers: [
    IdentityServices,
    {
      provide: TokenVerifier,
      inject: [IdentityServices],
      useFactory: (services: IdentityServices) => verifierFor(services.settings, services),
    },
    ActorNamesHandler,
    LogInHandler,
    CheckPasswordHandler,
    ShowTokenHandler,
    RevokeTokenHandler,
    CreateUserHandler,
    UpdateUserHandler,
    ChangeOwnPasswordHandler,
    DeleteUserHandler,
    CreateProjectHandler,
    UpdateProjectHandler,
    DeleteProjectHandler,
    CreateRoleHandler,
    DeleteRoleHandler,
    GrantRoleHandler,
    RevokeRoleHandler,
    CreateApplicationCredentialHandler,
    DeleteApplicationCredentialHandler,
    ListUsersHandler,
    ShowUserHandler,
    ShowUserStandingHandler,
    ListProjectsHandler,
    ShowProjectHandler,
    ListRolesHandler,
    ListAssignmentsHandler,
    ListApplicationCredentialsHandler,
  ],
  exports: [TokenVerifier, IdentityServices],
})
export class IdentityModule implements OnApplicationShutdown {
  constructor(private readonly verifier: TokenVerifier) {}

  async onApplicationShutdown(): Promise<void> {
    if (this.verifier instanceof KeystoneVerifier || this.verifier instanceof KeyrockVerifier)
      await this.verifier.close();
  }
}
