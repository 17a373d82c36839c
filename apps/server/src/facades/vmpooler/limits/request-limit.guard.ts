import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { singleHeader } from '../../../auth/index.js';
import { VmpoolerError } from '../vmpooler-error.js';
import { VMPOOLER_FACE_SETTINGS, type VmpoolerFaceSettings } from '../vmpooler.settings.js';
import { kindOf } from './request-kinds.js';
import { RequestLimits, type LimitExceeded } from './request-limits.js';

/** In front of everything else: 429 for a client that asks too often (contracts/vmpooler §7.5). Off unless configured. */
@Injectable()
export class RequestLimitGuard implements CanActivate {
  private readonly limits: RequestLimits | undefined;

  constructor(@Inject(VMPOOLER_FACE_SETTINGS) { limits }: Pick<VmpoolerFaceSettings, 'limits'>) {
    this.limits = limits === null ? undefined : new RequestLimits(limits);
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (this.limits === undefined) return true;
    return this.counted(this.limits, context.switchToHttp().getRequest<FastifyRequest>());
  }

  private async counted(limits: RequestLimits, request: FastifyRequest): Promise<boolean> {
    const token = singleHeader(request, 'x-auth-token');
    const kind = kindOf(request.method, request.url, token !== undefined);
    const exceeded = await limits.take(kind, { token, address: request.ip });
    if (exceeded !== undefined) throw tooMany(exceeded);
    return true;
  }
}

function tooMany({ limit, periodSeconds, retryAfterSeconds }: LimitExceeded): VmpoolerError {
  const resetAt = Math.floor(Date.now() / 1000) + retryAfterSeconds;
  return new VmpoolerError(
    429,
    [
      ['error', 'Rate limit exceeded'],
      ['limit', limit],
      ['period', periodSeconds],
      ['retry_after', retryAfterSeconds],
    ],
    {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(resetAt),
      'retry-after': String(retryAfterSeconds),
    },
  );
}
