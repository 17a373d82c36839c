/** What the token layer answers in front of every face of OpenStack (contracts/identity §5.2). */
export interface TokenRefusal {
  readonly status: 401 | 503;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const json = { 'content-type': 'application/json' } as const;

/** `identityUri`: PublicUrls.identity(request). */
export function unauthenticated(identityUri: string): TokenRefusal {
  const message = 'The request you have made requires authentication.';
  return {
    status: 401,
    headers: { ...json, 'www-authenticate': `Keystone uri="${identityUri}"` },
    body: JSON.stringify({ error: { code: 401, title: 'Unauthorized', message } }),
  };
}

/** The identity service does not answer: whose token it is, is not known. */
export function identityUnavailable(): TokenRefusal {
  const message = 'The Keystone service is temporarily unavailable.';
  return {
    status: 503,
    headers: { ...json, 'retry-after': '1' },
    body: JSON.stringify({ error: { code: 503, title: 'Service Unavailable', message } }),
  };
}
