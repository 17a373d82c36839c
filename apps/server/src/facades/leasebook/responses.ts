import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import { Problem } from './problem.js';

const everywhere = {
  401: 'No valid token',
  403: 'Not allowed with this token',
  413: 'The body is longer than the server takes',
  503: 'A store or the identity service does not answer, or the outcome is unknown; `Retry-After` says when to ask again',
} as const;

/** Every problem that a route may answer with: its own beside those of all routes behind a token. */
export function Problems(own: Readonly<Record<number, string>>): MethodDecorator {
  return applyDecorators(
    ...Object.entries({ ...everywhere, ...own }).map(([status, description]) =>
      ApiResponse({
        status: Number(status),
        description,
        content: { 'application/problem+json': { schema: { $ref: problemRef } } },
      }),
    ),
  );
}

const problemRef = `#/components/schemas/${Problem.name}`;

/** Of routes that change something (C14). */
export function Repeatable(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'The same key with the same request has one effect and one answer',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    }),
  );
}
