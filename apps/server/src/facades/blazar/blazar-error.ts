import type { TokenRefusal } from '../../auth/index.js';

type Headers = Readonly<Record<string, string>>;

const unexpectedName = 'INTERNAL_SERVER_ERROR';

/** Leaves in the long envelope: whatever is refused behind a route (contracts/blazar §2). */
export class BlazarError extends Error {
  override readonly name = 'BlazarError';

  constructor(
    readonly status: number,
    message: string,
    readonly headers: Headers = {},
    /** Of the error; a number where Blazar knows it. */
    readonly errorName: number | typeof unexpectedName = status,
  ) {
    super(message);
  }

  static forbidden(rule: string): BlazarError {
    return new BlazarError(403, `Policy doesn't allow blazar:${rule} to be performed`);
  }

  /** `error_name` is the one of errors that nobody foresaw. */
  static unnamed(status: number, message: string): BlazarError {
    return new BlazarError(status, message, {}, unexpectedName);
  }

  static unexpected(): BlazarError {
    return BlazarError.unnamed(500, 'Internal Server Error');
  }

  static tryAgain(message: string): BlazarError {
    return new BlazarError(503, message, { 'retry-after': '1' });
  }
}

/** Leaves in the short envelope: routes, methods, content types, versions, bodies that cannot be read. */
export class ShortError extends Error {
  override readonly name = 'ShortError';

  constructor(
    readonly status: number,
    message: string,
    readonly headers: Headers = {},
  ) {
    super(message);
  }

  static notFound(): ShortError {
    return new ShortError(404, 'The requested URL was not found on the server.');
  }

  /** `methods`: those that the path has; none: there is no such path. */
  static noRoute(method: string, methods: readonly string[]): ShortError {
    return methods.length === 0 || methods.includes(method) ? ShortError.notFound() : ShortError.notAllowed(methods);
  }

  static notAllowed(methods: readonly string[]): ShortError {
    return new ShortError(405, 'The method is not allowed for the requested URL.', { allow: methods.join(', ') });
  }
}

/** Leaves as the token layer writes it. */
export class TokenFault extends Error {
  override readonly name = 'TokenFault';
  constructor(readonly refusal: TokenRefusal) {
    super('the token layer refused');
  }
}

export function longBody({ status, message, errorName }: BlazarError): string {
  return JSON.stringify({ error_code: status, error_message: message, error_name: errorName });
}

export function shortBody(status: number, message: string): string {
  return JSON.stringify({ error: status, error_message: message });
}
