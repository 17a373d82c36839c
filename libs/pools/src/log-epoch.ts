/** Nest injection token: `() => string`, the epoch of the log (C8). With a machine's counter it makes its fencing token (C7). */
export const LOG_EPOCH = Symbol('LogEpoch');
