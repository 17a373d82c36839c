const form = /^req-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** `req-<uuid>`: the only form of request id that is taken over from a client. */
export function isRequestId(text: unknown): text is string {
  return typeof text === 'string' && form.test(text);
}
