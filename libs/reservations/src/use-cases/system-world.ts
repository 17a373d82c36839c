import { randomUUID } from 'node:crypto';
import type { Clock } from '#kernel';
import type { ReservationsWorld } from '../reservations.settings.js';

export function systemWorld(clock: Clock): ReservationsWorld {
  return {
    now: () => clock.now(),
    uuid: () => randomUUID(),
    random: () => Math.random(),
    setTimeout: (callback, ms) => setTimeout(callback, ms),
    clearTimeout: (handle) => {
      clearTimeout(handle as NodeJS.Timeout);
    },
  };
}
