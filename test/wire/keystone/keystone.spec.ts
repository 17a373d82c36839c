import { runWireSuites } from '#specs';
import { startMemoryKeystone } from './memory-keystone.js';

runWireSuites(new URL('.', import.meta.url), () => startMemoryKeystone());
