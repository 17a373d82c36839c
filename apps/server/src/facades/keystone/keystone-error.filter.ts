import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OutcomeUnknown, StoreUnavailable } from '#kernel';
import { NotJson, NotUtf8 } from '#wire';
import { PublicUrls } from '../../auth/index.js';
import { isKeystoneStatus, KeystoneError, keystoneErrorBody } from './keystone-error.js';
import { ownHeaders } from './responses.js';

/** Everything that goes wrong behind this face's routes leaves in Keystone's envelope. */
@Catch()
export class KeystoneErrorFilter implements ExceptionFilter {
  constructor(private readonly urls: PublicUrls) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = asKeystoneError(thrown);
    if (error.status === 500) request.log.error({ err: thrown, request: request.id }, 'unexpected failure');
    if (error.status === 401) reply.header('www-authenticate', `Keystone uri="${this.urls.identity(request)}"`);
    reply
      .code(error.status)
      .headers({ ...ownHeaders(request), ...error.headers })
      .send(request.method === 'HEAD' ? '' : Buffer.from(keystoneErrorBody(error.status, error.message)));
  }
}

function asKeystoneError(thrown: unknown): KeystoneError {
  if (thrown instanceof KeystoneError) return thrown;
  if (thrown instanceof NotJson) return KeystoneError.badRequest(`The request body cannot be read: ${thrown.message}.`);
  if (thrown instanceof NotUtf8) return KeystoneError.badRequest('The query string is not UTF-8.');
  if (thrown instanceof OutcomeUnknown)
    return retryable('The change may have been made; the request can safely be sent again.');
  if (thrown instanceof StoreUnavailable) return retryable('The log takes nothing at the moment; nothing was changed.');
  if (thrown instanceof HttpException && isKeystoneStatus(thrown.getStatus()) && thrown.getStatus() < 500)
    return KeystoneError.badRequest(`${thrown.message}.`);
  return new KeystoneError(500, 'An unexpected error prevented the server from fulfilling your request.');
}

function retryable(message: string): KeystoneError {
  return new KeystoneError(503, message, { 'retry-after': '1' });
}
