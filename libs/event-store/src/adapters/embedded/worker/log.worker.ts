import { parentPort, workerData } from 'node:worker_threads';
import { loadSqlite } from '../sqlite.js';
import type { WriterSettings } from './protocol.js';
import { serveLog } from './serve-log.js';

if (parentPort !== null) serveLog(parentPort, workerData as WriterSettings, await loadSqlite());
