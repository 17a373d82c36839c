import 'reflect-metadata';
import { createLogger } from './operations/logger.js';
import { loadSettings, WrongSettings } from './profiles/settings.js';
import type { Settings } from './profiles/settings.type.js';
import { createServer, type RunningServer } from './server.js';
import { welcome } from './welcome.js';

/** How long a stop may take before the process ends anyway (design §12). */
const stopWithinMs = 10_000;

/** Runs the server until it is told to stop. */
export async function serve(): Promise<void> {
  const settings = settingsOrExit();
  const logger = createLogger(settings);
  let server: RunningServer;
  try {
    server = await createServer(settings, { logger });
  } catch (error) {
    logger.fatal({ err: error }, 'the server could not start');
    logger.flush();
    process.stderr.write(`Leasebook did not start: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(3);
  }
  stopOnSignals(server, logger);
  logger.info({ url: server.url, pid: process.pid }, 'listening');
  process.stderr.write(welcome(server, settings));
}

function settingsOrExit(): Settings {
  try {
    return loadSettings();
  } catch (error) {
    if (!(error instanceof WrongSettings)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

function stopOnSignals(server: RunningServer, logger: ReturnType<typeof createLogger>): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    setTimeout(() => {
      logger.error('the stop took too long');
      logger.flush();
      process.exit(1);
    }, stopWithinMs).unref();
    server.stop().then(
      () => {
        logger.info('stopped');
        logger.flush(() => process.exit(0));
      },
      (error: unknown) => {
        logger.error({ err: error }, 'the stop failed');
        logger.flush(() => process.exit(1));
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
