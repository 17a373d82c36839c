import { createParamDecorator, ValidationPipe, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { NotJson, parseJson } from '#wire';
import { LeasebookProblem } from './problem.js';

/** No body of this API is nested deeper. */
const maxDepth = 16;

/** The body as parsed JSON; bodies arrive as bytes. No body is an empty object. */
export const JsonBody = createParamDecorator((_data: unknown, context: ExecutionContext): unknown => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const bytes = request.body as Buffer | undefined;
  if (bytes === undefined) return {};
  const type = request.headers['content-type'];
  if (type !== undefined && !/^application\/(json|[\w.+-]+\+json)\s*(;|$)/i.test(type))
    throw new LeasebookProblem(415, 'unsupported-media-type', 'The body must be application/json.');
  const body = parse(bytes);
  if (body === null || typeof body !== 'object' || Array.isArray(body))
    throw new LeasebookProblem(400, 'invalid-request', 'The body must be a JSON object.');
  // Validation would not see it: assigning it sets a prototype, not a member.
  if (Object.hasOwn(body, '__proto__'))
    throw new LeasebookProblem(400, 'invalid-request', 'property __proto__ should not exist', [
      'property __proto__ should not exist',
    ]);
  return body;
});

function parse(bytes: Buffer): unknown {
  try {
    return parseJson(bytes, { maxDepth });
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    throw new LeasebookProblem(400, 'invalid-request', `The body is wrong: ${error.message}.`);
  }
}

/** DTOs by class-validator: unknown members are faults, and every fault is named. */
export const validated = new ValidationPipe({
  transform: true,
  whitelist: true,
  forbidNonWhitelisted: true,
  validateCustomDecorators: true,
  stopAtFirstError: true,
  exceptionFactory: (errors) => {
    const faults = errors.flatMap((error) => Object.values(error.constraints ?? {}));
    return new LeasebookProblem(400, 'invalid-request', faults[0] ?? 'The request is invalid.', faults);
  },
});
