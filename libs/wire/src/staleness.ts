/** RFC 7234's warning on an answer from a read model that had not caught up in time (C10). */
export const staleWarning = '110 leasebook "Response is Stale"';
