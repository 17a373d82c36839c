import { queryValue } from '../rack-query.js';

export const statusSections = ['boot', 'capacity', 'clone', 'pools', 'queue'] as const;
export type StatusSection = (typeof statusSections)[number];

/** In the order of the answer; unknown names are passed over. Without `view`, or with one that has no value: all. */
export function askedSections(target: string): readonly StatusSection[] {
  const view = queryValue(target, 'view');
  if (view === undefined || view === null) return statusSections;
  const named = new Set(view.split(','));
  return statusSections.filter((section) => named.has(section));
}
