import type { FastifyRequest } from 'fastify';
import type { Actor, CommandContext } from '#kernel';
import type { PoolHolder, PoolUser } from '#pools';
import { anonymous, contextOf } from '../../auth/index.js';

/** Around a command of whoever holds a pool token, or of nobody in particular. Throws IdempotencyKeyInvalid. */
export function poolContext(request: FastifyRequest, holder: PoolHolder | null, time: number): CommandContext {
  return contextOf(request, holder === null ? anonymous : actorOfHolder(holder), 'vmpooler', time);
}

/** Around a command of a user whom Basic credentials have proved. */
export function userContext(request: FastifyRequest, user: PoolUser, time: number): CommandContext {
  const { userId, name, projectId } = user;
  return contextOf(request, { userId, projectId, method: 'password', name }, 'vmpooler', time);
}

function actorOfHolder({ userId, projectId, name }: PoolHolder): Actor {
  return { userId, projectId, method: 'pool_token', name };
}
