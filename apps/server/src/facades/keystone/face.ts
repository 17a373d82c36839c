import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { IDENTITY_SETTINGS, type IdentitySettings, type Principal } from '#identity';
import type { CommandContext } from '#kernel';
import { commandContext, PublicUrls } from '../../auth/index.js';
import { KeystoneError } from './keystone-error.js';
import { KEYSTONE_FACE_SETTINGS, type KeystoneFaceSettings } from './keystone.settings.js';
import { isSet, queryOf } from './requests/listing.request.js';
import { mountOf } from './routing/keystone-routes.js';
import { catalogView } from './views/catalog.view.js';
import { tokenView } from './views/token.view.js';

/** What the controllers of this face share: links under the mount that the request used, and tokens as they look. */
@Injectable()
export class KeystoneFace {
  constructor(
    private readonly urls: PublicUrls,
    @Inject(KEYSTONE_FACE_SETTINGS) private readonly settings: KeystoneFaceSettings,
    @Inject(IDENTITY_SETTINGS) private readonly identity: Pick<IdentitySettings, 'clock'>,
  ) {}

  /** By the clock that tokens end by. Throws IdempotencyKeyInvalid. */
  context(request: FastifyRequest, principal: Principal | undefined): CommandContext {
    return commandContext(request, principal, 'keystone', this.identity.clock.now());
  }

  /** Public URL of version 3, as this client reaches it. */
  base(request: FastifyRequest): string {
    return `${this.urls.base(request)}${mountOf(request.url)}`;
  }

  /** Public URL of this very request. */
  self(request: FastifyRequest): string {
    return `${this.urls.base(request)}${request.url}`;
  }

  catalog(request: FastifyRequest): readonly unknown[] {
    return catalogView(this.urls.base(request), this.settings.region);
  }

  token(principal: Principal, request: FastifyRequest): unknown {
    return tokenView(principal, isSet(queryOf(request), 'nocatalog') ? undefined : this.catalog(request));
  }
}

/** An answer with a secret is given once: it is not kept for a repeat (C14). */
export function refuseIdempotencyKey(request: FastifyRequest): void {
  if (request.headers['idempotency-key'] !== undefined)
    throw KeystoneError.badRequest('Idempotency-Key is not possible here: the answer holds a secret.');
}
