import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { StoreUnavailable } from '#kernel';
import { NotUtf8, webObError } from '#wire';
import { identityUnavailable, PublicUrls, unauthenticated } from '../../auth/index.js';
import { ImageError } from './image.error.js';

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

@Catch()
export class ImageErrorFilter implements ExceptionFilter {
  constructor(private readonly urls: PublicUrls) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    reply.header('x-openstack-request-id', request.id);
    const error = asImageError(thrown);
    if (error?.status === 401) {
      const { status, headers, body } = unauthenticated(this.urls.identity(request));
      reply.code(status).headers(headers).send(body);
      return;
    }
    if (error?.status === 503) {
      const { status, headers, body } = identityUnavailable();
      reply.code(status).headers(headers).send(body);
      return;
    }
    if (error === undefined) request.log.error({ err: thrown, request: request.id }, 'unexpected failure');
    const status = error?.status ?? 500;
    const title = `${String(status)} ${titles[status] ?? 'Error'}`;
    const page = webObError(undefined, title, escaped(error?.message ?? 'The server met an unexpected condition.'));
    reply
      .code(status)
      .headers(error?.headers ?? {})
      .header('content-type', page.contentType)
      .send(page.body);
  }
}

function asImageError(thrown: unknown): ImageError | undefined {
  if (thrown instanceof ImageError) return thrown;
  if (thrown instanceof NotUtf8) return new ImageError(400, 'The query string is not UTF-8.');
  if (thrown instanceof StoreUnavailable) return new ImageError(503, thrown.message);
  if (thrown instanceof HttpException && thrown.getStatus() < 500) return new ImageError(400, thrown.message);
  return undefined;
}

/** The page is HTML, and the message may quote the request. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
}
