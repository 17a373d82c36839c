import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OutcomeUnknown, StoreUnavailable } from '#kernel';
import { NotUtf8 } from '#wire';
import { answer, answerText } from './answer.js';
import { VmpoolerError } from './vmpooler-error.js';

/** Everything that goes wrong behind this face's routes leaves in one of vmpooler's forms. */
@Catch()
export class VmpoolerErrorFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void | Promise<void> {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = asVmpoolerError(thrown);
    if (error === undefined) {
      request.log.error({ err: thrown, request: request.id }, 'unexpected failure');
      return answerText(request, reply, 500, '<h1>Internal Server Error</h1>', { 'content-type': 'text/html' });
    }
    if (error.text !== undefined) return answerText(request, reply, error.status, error.text, error.headers);
    return answer(request, reply, error.status, [['ok', false], ...error.more], error.headers);
  }
}

/** Undefined: nobody foresaw it. */
function asVmpoolerError(thrown: unknown): VmpoolerError | undefined {
  if (thrown instanceof VmpoolerError) return thrown;
  if (thrown instanceof OutcomeUnknown || thrown instanceof StoreUnavailable) return VmpoolerError.tryAgain();
  if (thrown instanceof NotUtf8) return VmpoolerError.invalid('The query string is not UTF-8.');
  if (thrown instanceof HttpException && thrown.getStatus() < 500)
    return new VmpoolerError(thrown.getStatus(), [['error', `${thrown.message}.`]]);
  return undefined;
}
