import type { TokenRefusal } from '../../auth/index.js';

const names: Readonly<Record<number, string>> = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'itemNotFound',
  405: 'badMethod',
  409: 'conflictingRequest',
  413: 'overLimit',
  415: 'badMediaType',
  429: 'overLimit',
  501: 'notImplemented',
  503: 'serviceUnavailable',
};

export const notFoundText = 'The resource could not be found.';
export const malformedText =
  'The server could not comply with the request since it is either malformed or otherwise incorrect.';

/** Leaves as Nova's fault envelope, with the version headers if the version is known by then. */
export class NovaFault extends Error {
  override readonly name = 'NovaFault';
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }

  static notFound(): NovaFault {
    return new NovaFault(404, notFoundText);
  }
}

/** No route: rendered by what the client accepts, without version headers (contracts/nova §1). */
export class NoSuchRoute extends Error {
  override readonly name = 'NoSuchRoute';
}

/** Leaves as the token layer writes it, without version headers (contracts/nova §3). */
export class TokenFault extends Error {
  override readonly name = 'TokenFault';
  constructor(readonly refusal: TokenRefusal) {
    super('the token layer refused');
  }
}

/** `{"itemNotFound": {"code": 404, "message": "…"}}` */
export function faultBody(status: number, message: string): string {
  return JSON.stringify({ [names[status] ?? 'computeFault']: { code: status, message } });
}

export const faultContentType = 'application/json; charset=UTF-8';
