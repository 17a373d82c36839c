/** Milliseconds since 1970. Only handlers and runtimes ask it; deciders get the time inside the command. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
