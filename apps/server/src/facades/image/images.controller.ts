import { All, Controller, Get, Inject, Param, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TokenVerifier } from '#identity';
import { KNOWN_IMAGES, type KnownImage } from '#inventory';
import { authenticate, PublicUrls } from '../../auth/index.js';
import { ImageError } from './image.error.js';
import { ImageErrorFilter } from './image-error.filter.js';
import { imageView, versionsView } from './image.view.js';
import { imagePage } from './images.request.js';

/** Every route of this face, for the authorisation matrix. */
export const imageRoutes = [
  { method: 'GET', path: '/image', access: 'anonymous' },
  { method: 'GET', path: '/image/v2', access: 'anonymous' },
  { method: 'GET', path: '/image/v2/images', access: 'token' },
  { method: 'GET', path: '/image/v2/images/:imageId', access: 'token' },
] as const;

/** Nest takes one slash off the end of a route's path. */
const withSlash = (path: string): string[] => [path, `${path}//`];

/** As much of Glance, to read only, as `openstack aggregate cache image` asks for (contracts/identity §3). */
@Controller()
@UseFilters(ImageErrorFilter)
@ApiExcludeController()
export class ImagesController {
  private readonly byId: ReadonlyMap<string, KnownImage>;

  constructor(
    @Inject(KNOWN_IMAGES) private readonly images: readonly KnownImage[],
    private readonly verifier: TokenVerifier,
    private readonly urls: PublicUrls,
  ) {
    this.byId = new Map(images.map((image) => [image.id, image]));
  }

  @Get([...withSlash('/image'), ...withSlash('/image/v2')])
  versions(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    send(request, reply, 300, versionsView(`${this.urls.base(request)}/image`));
  }

  @Get(withSlash('/image/v2/images'))
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.admit(request);
    const { images, next } = imagePage(this.images, request.url);
    send(request, reply, 200, {
      images: images.map(imageView),
      first: '/v2/images',
      ...(next === undefined ? {} : { next: `/v2/images?${next}` }),
      schema: '/v2/schemas/images',
    });
  }

  @Get(withSlash('/image/v2/images/:imageId'))
  async show(@Param('imageId') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.admit(request);
    const image = this.byId.get(id);
    if (image === undefined) throw new ImageError(404, `No image found with ID ${id}`);
    send(request, reply, 200, imageView(image));
  }

  @All('/image/*')
  other(@Req() request: FastifyRequest): never {
    const path = (request.url.split('?', 1)[0] ?? '').replace(/\/$/, '');
    const known = /^\/image(\/v2(\/images(\/[^/]+)?)?)?$/.test(path);
    if (known)
      throw new ImageError(405, 'The images are those of the configuration; nothing can be changed here.', {
        allow: 'GET',
      });
    throw new ImageError(404, 'The resource could not be found.');
  }

  private async admit(request: FastifyRequest): Promise<void> {
    const verification = await authenticate(this.verifier, request, 'image');
    if (verification.kind === 'invalid') throw new ImageError(401, 'no live token');
    if (verification.kind === 'unavailable') throw new ImageError(503, verification.reason);
  }
}

function send(request: FastifyRequest, reply: FastifyReply, status: 200 | 300, body: unknown): void {
  reply
    .code(status)
    .header('content-type', 'application/json')
    .header('x-openstack-request-id', request.id)
    .send(Buffer.from(JSON.stringify(body)));
}
