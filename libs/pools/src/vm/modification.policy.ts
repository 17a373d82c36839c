import { refuse, type Refused } from '#kernel';

/** What the settings say about changes to machines. Null: no bound, any tag. */
export interface ModificationRules {
  readonly maxLifetimeUpperLimit: number | null;
  readonly allowedTags: readonly string[] | null;
}

export type ModificationFailure = Refused<'lifetime-invalid' | 'lifetime-too-long' | 'tags-not-allowed'>;

/** A hundred years of hours, the bound of every setting of hours too: each end is still a date. */
const longestLifetime = 876_000;

/** Hours: a positive integer below the limit. */
export function lifetimeFailure(
  lifetime: number,
  { maxLifetimeUpperLimit: limit }: ModificationRules,
): ModificationFailure | undefined {
  if (!Number.isSafeInteger(lifetime) || lifetime <= 0) return refuse('lifetime-invalid', { lifetime });
  if (limit !== null && lifetime >= limit) return refuse('lifetime-too-long', { lifetime, limit });
  if (lifetime > longestLifetime) return refuse('lifetime-too-long', { lifetime, limit: longestLifetime });
  return undefined;
}

/** Every key must be in the list; empty values count, although they are not set. */
export function tagsFailure(
  tags: Readonly<Record<string, string | null>>,
  { allowedTags }: ModificationRules,
): ModificationFailure | undefined {
  if (allowedTags === null) return undefined;
  const others = Object.entries(tags).filter(([key]) => !allowedTags.includes(key));
  return others.length === 0 ? undefined : refuse('tags-not-allowed', { tags: Object.fromEntries(others) });
}

/** Everything that is wrong with a change, the lifetime first. */
export function modificationFailures(
  change: { readonly lifetime?: number; readonly tags?: Readonly<Record<string, string | null>> },
  rules: ModificationRules,
): readonly ModificationFailure[] {
  const lifetime = change.lifetime === undefined ? undefined : lifetimeFailure(change.lifetime, rules);
  const tags = change.tags === undefined ? undefined : tagsFailure(change.tags, rules);
  return [lifetime, tags].filter((failure) => failure !== undefined);
}
