import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

export interface PublicUrlSettings {
  /** Base of every absolute link; without it the request's Host is taken. */
  readonly publicUrl?: string;
  /** Where clients of an external identity service log in; without it here. */
  readonly identityUrl?: string;
}

/** Nest injection token: `PublicUrlSettings`. */
export const PUBLIC_URL_SETTINGS = Symbol('PublicUrlSettings');

const hostForm = /^(?:[a-z0-9](?:[a-z0-9._-]{0,253})|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

/** Clients follow the links that are built here, so a Host that could lead astray is not used (contracts/identity §1). */
@Injectable()
export class PublicUrls {
  private readonly fixed: string | undefined;
  private readonly identityUrl: string | undefined;

  constructor(@Inject(PUBLIC_URL_SETTINGS) settings: PublicUrlSettings) {
    this.fixed = settings.publicUrl?.replace(/\/+$/, '');
    this.identityUrl = settings.identityUrl?.replace(/\/+$/, '');
  }

  /** Without a slash at the end. X-Forwarded-Proto and -Host count only behind a trusted proxy (Fastify's `trustProxy`). */
  base(request: FastifyRequest): string {
    if (this.fixed !== undefined) return this.fixed;
    const protocol = request.protocol === 'https' ? 'https' : 'http';
    return `${protocol}://${hostOf(request)}`;
  }

  /** For `WWW-Authenticate`: where a token is to be had. */
  identity(request: FastifyRequest): string {
    return this.identityUrl ?? `${this.base(request)}/v3`;
  }
}

function hostOf(request: FastifyRequest): string {
  const { host } = request;
  if (typeof host === 'string' && hostForm.test(host)) return host;
  const { localAddress = '127.0.0.1', localPort = 80 } = request.socket;
  return `${localAddress.includes(':') ? `[${localAddress}]` : localAddress}:${String(localPort)}`;
}
