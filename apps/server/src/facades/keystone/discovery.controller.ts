import { Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PublicUrls } from '../../auth/index.js';
import { KeystoneFace } from './face.js';
import { answer } from './responses.js';
import { KeystoneController, KeystoneDocument, KeystoneRoute } from './routing/keystone-route.decorator.js';
import { versionView } from './views/version.view.js';

/** Where clients begin; no token is wanted (contracts/identity §1). */
@KeystoneController()
export class DiscoveryController {
  constructor(
    private readonly urls: PublicUrls,
    private readonly face: KeystoneFace,
  ) {}

  /** The bare root has Keystone's form: gophercloud and keystoneauth read it when their URL has no `/v3`. */
  @KeystoneDocument('/')
  bareRoot(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.versions(request, reply, this.urls.base(request));
  }

  @KeystoneDocument('/identity', '/identity//')
  identityRoot(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.versions(request, reply, `${this.urls.base(request)}/identity`);
  }

  @KeystoneRoute('GET', '')
  version(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const base = this.face.base(request).replace(/\/v3$/, '');
    answer(request, reply, 200, { version: versionView(base) });
  }

  private versions(request: FastifyRequest, reply: FastifyReply, base: string): void {
    answer(request, reply, 300, { versions: { values: [versionView(base)] } }, { location: `${base}/v3/` });
  }
}
