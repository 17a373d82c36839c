import { Global, Module } from '@nestjs/common';
import { CommandBus, CqrsModule, QueryBus } from '@nestjs/cqrs';
import { IdentityServices } from '#identity';
import { PoolUsers } from '#pools';
import { BuiltinPoolUsers } from './builtin-pool-users.js';
import { DummyPoolUsers } from './dummy-pool-users.js';
import { LdapPoolUsers } from './ldap-pool-users.js';
import { NoPoolUsers } from './no-pool-users.js';
import { POOL_AUTH_SETTINGS, type PoolAuthSettings } from './pool-auth.settings.js';

/** The one that the settings choose. Throws when what it needs is missing. */
export function poolUsersFor(
  { provider, ldap }: PoolAuthSettings,
  commands: CommandBus,
  queries: QueryBus,
  { outsideChecks }: Pick<IdentityServices, 'outsideChecks'>,
): PoolUsers {
  switch (provider) {
    case 'builtin':
      return new BuiltinPoolUsers(commands, queries);
    case 'dummy':
      return new DummyPoolUsers();
    case 'ldap':
      if (ldap === undefined) throw new Error('poolAuth: provider ldap needs the section ldap');
      return new LdapPoolUsers(ldap, outsideChecks);
    case 'none':
      return new NoPoolUsers();
  }
}

/** Gives PoolUsers to everybody. Needs POOL_AUTH_SETTINGS; IdentityServices comes from identity's module. */
@Global()
@Module({
  imports: [CqrsModule],
  providers: [
    {
      provide: PoolUsers,
      inject: [POOL_AUTH_SETTINGS, CommandBus, QueryBus, IdentityServices],
      useFactory: poolUsersFor,
    },
  ],
  exports: [PoolUsers],
})
export class PoolUsersModule {}
