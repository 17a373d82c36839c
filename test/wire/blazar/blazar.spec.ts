import { runWireSuites } from '#specs';
import { startServer } from '../start-server.js';

runWireSuites(new URL('.', import.meta.url), startServer);
