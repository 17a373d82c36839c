import { KeystoneError } from '../keystone-error.js';
import type { Fields } from './fields.js';

/** The one domain there is. */
export const domainId = 'default';
export const domainName = 'Default';

const maxName = 255;

/** A `domain` member: true when it means the one domain. */
export function isOwnDomain(of: Fields): boolean {
  const domain = of.object('domain');
  if (domain.has('id')) return domain.text('id', maxName) === domainId;
  return domain.text('name', maxName) === domainName;
}

/** `domain_id` of something that is made or changed: there is no choice. */
export function checkDomainId(of: Fields): void {
  if (of.has('domain_id') && of.raw('domain_id') !== null && of.text('domain_id', maxName) !== domainId)
    throw KeystoneError.badRequest(`There is one domain only: ${domainId}.`);
}
