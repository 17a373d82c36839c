import { randomUUID } from 'node:crypto';
import { systemClock } from '#kernel';
import type { ReservationsWorld } from '../reservations.settings.js';

export const systemWorld: ReservationsWorld = {
  now: () => systemClock.now(),
  uuid: () => randomUUID(),
  random: () => Math.random(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (handle) => {
    clearTimeout(handle as NodeJS.Timeout);
  },
};
