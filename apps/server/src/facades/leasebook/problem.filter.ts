import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OutcomeUnknown, StoreUnavailable } from '#kernel';
import { LeasebookProblem, problemBody } from './problem.js';

/** Everything that goes wrong behind this face's routes leaves as problem+json; what nobody foresaw is logged and told without details. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = asProblem(thrown);
    if (problem.status === 500) request.log.error({ err: thrown, request: request.id }, 'unexpected failure');
    if (problem.status === 503) reply.header('retry-after', '1');
    // As bytes: to a text Fastify would add a charset, which this media type does not have.
    reply
      .code(problem.status)
      .header('content-type', 'application/problem+json')
      .header('x-openstack-request-id', request.id)
      .send(Buffer.from(JSON.stringify(problemBody(problem, request.id))));
  }
}

function asProblem(thrown: unknown): LeasebookProblem {
  if (thrown instanceof LeasebookProblem) return thrown;
  if (thrown instanceof OutcomeUnknown)
    return new LeasebookProblem(503, 'outcome-unknown', 'The change may have been made; it is safe to ask again.');
  if (thrown instanceof StoreUnavailable)
    return new LeasebookProblem(503, 'store-unavailable', 'The log takes nothing at the moment; nothing was changed.');
  if (thrown instanceof HttpException && thrown.getStatus() < 500)
    return new LeasebookProblem(
      thrown.getStatus(),
      thrown.getStatus() === 404 ? 'route-unknown' : 'invalid-request',
      thrown.message,
    );
  return new LeasebookProblem(
    500,
    'unexpected',
    'The server met an unexpected condition; its log has the details under the request id.',
  );
}
