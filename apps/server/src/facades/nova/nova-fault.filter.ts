import { BadRequestException, Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OutcomeUnknown, StoreUnavailable } from '#kernel';
import { webObError } from '#wire';
import { requestIdHeaders } from './pipeline/request-ids.js';
import { faultBody, faultContentType, NoSuchRoute, notFoundText, NovaFault, TokenFault } from './nova-fault.js';

/** Everything that goes wrong on this face's paths leaves in Nova's forms. */
@Catch()
export class NovaFaultFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    reply.headers(requestIdHeaders(request.id));
    if (thrown instanceof TokenFault) {
      reply.code(thrown.refusal.status).headers(thrown.refusal.headers).send(Buffer.from(thrown.refusal.body));
    } else if (thrown instanceof NoSuchRoute) {
      const { contentType, body } = webObError(request.headers.accept, '404 Not Found', notFoundText);
      reply.code(404).header('content-type', contentType).send(Buffer.from(body));
    } else {
      const fault = asFault(thrown);
      if (fault.status === 500) request.log.error({ err: thrown, request: request.id }, 'unexpected failure');
      if (request.nova?.version?.headers !== undefined) reply.headers(request.nova.version.headers);
      reply.code(fault.status).headers(fault.headers).header('content-type', faultContentType);
      reply.send(faultBody(fault.status, fault.message));
    }
  }
}

const again = { 'retry-after': '1' } as const;

const unexpected =
  'Unexpected API Error. Please report this at http://bugs.launchpad.net/nova/ and attach the Nova API log if possible.\n' +
  "<class 'Exception'>";

/** Whatever nobody foresaw is told without details. */
function asFault(thrown: unknown): NovaFault {
  if (thrown instanceof NovaFault) return thrown;
  if (thrown instanceof OutcomeUnknown)
    return new NovaFault(503, 'The change may have been made; it is safe to ask again.', again);
  if (thrown instanceof StoreUnavailable)
    return new NovaFault(503, 'Nothing can be stored at the moment; nothing was changed.', again);
  if (thrown instanceof BadRequestException) return new NovaFault(400, thrown.message);
  if (thrown instanceof HttpException && thrown.getStatus() < 500)
    return new NovaFault(thrown.getStatus(), thrown.message);
  return new NovaFault(500, unexpected);
}
