import { All, Controller, Req, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { KeystoneErrorFilter } from './keystone-error.filter.js';
import { KeystoneError } from './keystone-error.js';
import { methodsFor, mountOf } from './routing/keystone-routes.js';

/** Whatever else lies under this face's mounts: its own 404 and 405, before any token is looked at. */
@Controller()
@UseFilters(KeystoneErrorFilter)
@ApiExcludeController()
export class OtherPathsController {
  @All(['/identity/*', '/v3*'])
  other(@Req() request: FastifyRequest): never {
    const path = (request.url.split('?', 1)[0] ?? '').replace(/\/$/, '');
    const mount = mountOf(path);
    const below = path.startsWith(mount) ? path.slice(mount.length) : undefined;
    const methods = below === undefined ? [] : methodsFor(below);
    if (methods.length === 0) throw KeystoneError.noRoute();
    throw new KeystoneError(405, 'The method is not allowed for the requested URL.', { allow: methods.join(', ') });
  }
}
