const titles = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Request Entity Too Large',
  414: 'Request URI Too Long',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const;

export type KeystoneStatus = keyof typeof titles;

export function isKeystoneStatus(status: number): status is KeystoneStatus {
  return Object.hasOwn(titles, status);
}

/** The one form of every refusal (contracts/identity §2). */
export function keystoneErrorBody(status: KeystoneStatus, message: string): string {
  return JSON.stringify({ error: { code: status, title: titles[status], message } });
}

/** Thrown by requests and controllers; the filter answers it. */
export class KeystoneError extends Error {
  override readonly name = 'KeystoneError';

  constructor(
    readonly status: KeystoneStatus,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }

  static badRequest(what: string): KeystoneError {
    return new KeystoneError(
      400,
      `${what} The server could not comply with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error.`,
    );
  }

  /** The filter adds `WWW-Authenticate`. Always these words, so that nothing leaks. */
  static unauthenticated(): KeystoneError {
    return new KeystoneError(401, 'The request you have made requires authentication.');
  }

  static forbidden(action: string): KeystoneError {
    return new KeystoneError(403, `You are not authorized to perform the requested action: ${action}.`);
  }

  static notFound(kind: string, id: string): KeystoneError {
    return new KeystoneError(404, `Could not find ${kind}: ${id}.`);
  }

  static noRoute(): KeystoneError {
    return new KeystoneError(404, unknownUrl);
  }
}

export const unknownUrl =
  'The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.';
