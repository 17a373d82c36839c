import { adjectives, nouns } from './name-words.policy.js';

/** Chance, as PoolsWorld gives it. */
export interface NameDice {
  /** 0 ≤ x < 1. */
  random(): number;
  /** So many of a-z0-9. */
  characters(count: number): string;
}

/** Names tried for one machine before the pool waits for its next check. */
export const mostNameTries = 8;

/** Tries with two words; then most names of this form must be taken. */
const triesInWords = 4;

/** Without the prefix (contracts/vmpooler §1). */
const longest = 15;

/** A short host name, lower case: adjective-noun; after some tries adjective and chance characters. `attempt`: from 0. */
export function vmNameFor(prefix: string, attempt: number, dice: NameDice): string {
  const adjective = pick(adjectives, dice);
  if (attempt < triesInWords) return `${prefix}${adjective}-${pick(nouns, dice)}`;
  return `${prefix}${adjective}-${dice.characters(longest - 1 - adjective.length)}`;
}

function pick(words: readonly string[], dice: NameDice): string {
  return words[Math.floor(dice.random() * words.length)] ?? '';
}
