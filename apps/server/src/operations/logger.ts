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
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: ['password', '*.password', 'token', '*.token', 'secret', '*.secret', 'headers'], censor: '***' },
    },
    destination,
  );
}
