import { pino, type DestinationStream, type Logger } from 'pino';
import type { Settings } from '../profiles/settings.type.js';

/** JSON lines on standard output, written off the request's path; `flush` before the process ends. */
export function createLogger(
  settings: Pick<Settings, 'logLevel'>,
  destination: DestinationStream = pino.destination({ dest: 1, sync: false, minLength: 0 }),
): Logger {
  return pino(
    {
      level: settings.logLevel,
      base: { service: 'leasebook' },
      timestamp,
      serializers: { err: describeError },
    },
    destination,
  );
}

let stampedAt = 0;
let stamp = '';

/** RFC 3339; made once a millisecond however many lines there are. */
function timestamp(): string {
  const now = Date.now();
  if (now !== stampedAt) {
    stampedAt = now;
    stamp = `,"time":"${new Date(now).toISOString()}"`;
  }
  return stamp;
}

/** What an error says of itself and where it arose; never what else hangs on it (requests, headers, bodies). */
function describeError(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { name, message, stack, cause } = error;
  const code = (error as NodeJS.ErrnoException).code;
  return {
    type: name,
    message,
    stack,
    ...(code === undefined ? {} : { code }),
    ...(cause === undefined ? {} : { cause: describeError(cause) }),
  };
}
