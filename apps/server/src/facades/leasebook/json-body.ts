import { createParamDecorator, ValidationPipe, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { LeasebookProblem } from './problem.js';

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
  return body;
});

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new LeasebookProblem(400, 'invalid-request', 'The body is not JSON in UTF-8.');
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
