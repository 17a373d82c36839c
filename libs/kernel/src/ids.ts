const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A lower-case uuid with dashes: the only form in which ids are stored. */
export function isUuid(text: string): boolean {
  return uuidForm.test(text);
}

/** 32 hex digits without dashes: users, projects, roles (contracts/identity §2). */
export function isHexId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}
