import { randomInt, randomUUID } from 'node:crypto';
import { systemClock } from '#kernel';
import type { PoolsWorld } from '../pools.settings.js';

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

export const systemWorld: PoolsWorld = {
  now: () => systemClock.now(),
  uuid: () => randomUUID(),
  random: () => Math.random(),
  characters: (count) => Array.from({ length: count }, () => letters.charAt(randomInt(letters.length))).join(''),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (handle) => {
    clearTimeout(handle as NodeJS.Timeout);
  },
};
