const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A lower-case uuid with dashes: the only form in which ids are stored. */
export function isUuid(text: string): boolean {
  return uuidForm.test(text);
}
