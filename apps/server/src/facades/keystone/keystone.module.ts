import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ApplicationCredentialsController } from './application-credentials.controller.js';
import { AssignmentsController } from './assignments.controller.js';
import { DiscoveryController } from './discovery.controller.js';
import { KeystoneFace } from './face.js';
import { OtherPathsController } from './other-paths.controller.js';
import { OwnController } from './own.controller.js';
import { ProjectsController } from './projects.controller.js';
import { RolesController } from './roles.controller.js';
import { TokensController } from './tokens.controller.js';
import { UsersController } from './users.controller.js';

/** Those with routes of the table. */
export const keystoneControllers = [
  DiscoveryController,
  TokensController,
  OwnController,
  UsersController,
  ProjectsController,
  RolesController,
  AssignmentsController,
  ApplicationCredentialsController,
];

/** A small Keystone. Needs AuthModule, IdentityModule, IDENTITY_SETTINGS and KEYSTONE_FACE_SETTINGS. */
@Module({
  imports: [CqrsModule],
  controllers: [...keystoneControllers, OtherPathsController],
  providers: [KeystoneFace],
})
export class KeystoneModule {}
