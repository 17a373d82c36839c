import { createHash, randomUUID } from 'node:crypto';
import { BadRequestException } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Principal } from '#identity';
import type { Actor, CommandContext } from '#kernel';
import { deriveUuid, leasebookNamespace } from '#runtime';

const maxKeyLength = 255;

/** 400 in whatever form the face gives it. */
export class IdempotencyKeyInvalid extends BadRequestException {
  constructor() {
    super(`Idempotency-Key must be one value of 1 to ${String(maxKeyLength)} characters`);
  }
}

/** Who asks without saying who. */
export const anonymous: Actor = { userId: 'anonymous', projectId: null, method: 'anonymous', name: null };

function actorOf(principal: Principal | undefined): Actor {
  if (principal === undefined) return anonymous;
  const { userId, userName, project, method } = principal;
  return { userId, projectId: project?.id ?? null, method, name: userName };
}

/** `contextOf` of whoever a token of the identity service stands for. */
export function commandContext(
  request: FastifyRequest,
  principal: Principal | undefined,
  facade: string,
  time?: number,
): CommandContext {
  return contextOf(request, actorOf(principal), facade, time);
}

/**
 * Everything around a command of this request. With an `Idempotency-Key` the command's id derives from actor, key,
 * method, path and body, so that the same request again is the same command (C2, C14). Throws IdempotencyKeyInvalid.
 */
export function contextOf(
  request: FastifyRequest,
  actor: Actor,
  facade: string,
  time: number = Date.now(),
): CommandContext {
  const key = request.headers['idempotency-key'];
  if (key !== undefined && (typeof key !== 'string' || key.length < 1 || key.length > maxKeyLength))
    throw new IdempotencyKeyInvalid();
  return {
    commandId: key === undefined ? randomUUID() : repeatableId(request, actor, key),
    repeatable: key !== undefined,
    time,
    actor,
    facade,
    requestId: request.id,
    correlationId: request.id,
    causationId: null,
    clientAddress: request.ip,
  };
}

function repeatableId(request: FastifyRequest, actor: Actor, key: string): string {
  const body = createHash('sha256')
    .update((request.body as Buffer | undefined) ?? '')
    .digest('hex');
  const sameRequest = [actor.userId, actor.projectId, key, request.method, request.url, body];
  return deriveUuid(leasebookNamespace, `request\n${JSON.stringify(sameRequest)}`);
}
