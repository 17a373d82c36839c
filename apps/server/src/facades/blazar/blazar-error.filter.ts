import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OutcomeUnknown, StoreUnavailable } from '#kernel';
import { NotUtf8 } from '#wire';
import { ownHeaders, send, versionHeaders } from './answer.js';
import { BlazarError, longBody, shortBody, ShortError, TokenFault } from './blazar-error.js';

/** Everything that goes wrong on this face's paths leaves in one of Blazar's envelopes. */
@Catch()
export class BlazarErrorFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    reply.headers(ownHeaders(request.id));
    if (thrown instanceof TokenFault) {
      const { status, headers, body } = thrown.refusal;
      reply.code(status).headers(headers);
      send(request, reply, body);
      return;
    }
    if (request.blazar?.hasVersion === true) reply.headers(versionHeaders);
    if (thrown instanceof ShortError) {
      reply.code(thrown.status).headers(thrown.headers);
      send(request, reply, shortBody(thrown.status, thrown.message));
      return;
    }
    const error = asBlazarError(thrown);
    if (error === undefined) request.log.error({ err: thrown, request: request.id }, 'unexpected failure');
    const { status, headers } = error ?? unexpected;
    reply.code(status).headers(headers);
    send(request, reply, longBody(error ?? unexpected));
  }
}

const unexpected = BlazarError.unexpected();

/** Undefined: nobody foresaw it, and it is told without details. */
function asBlazarError(thrown: unknown): BlazarError | undefined {
  if (thrown instanceof BlazarError) return thrown;
  if (thrown instanceof OutcomeUnknown)
    return BlazarError.tryAgain('The change may have been made; it is safe to ask again.');
  if (thrown instanceof StoreUnavailable)
    return BlazarError.tryAgain('Nothing can be stored at the moment; nothing was changed.');
  if (thrown instanceof NotUtf8) return new BlazarError(400, 'The query string is not UTF-8.');
  if (thrown instanceof HttpException && thrown.getStatus() < 500)
    return new BlazarError(thrown.getStatus(), thrown.message);
  return undefined;
}
