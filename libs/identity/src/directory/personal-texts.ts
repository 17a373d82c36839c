import { LRUCache } from 'lru-cache';
import type { Vault } from '#runtime';

const textsKept = 20_000;

/** Personal texts of users, sealed with a key per user: destroying it erases them everywhere. */
export class PersonalTexts {
  private readonly opened = new LRUCache<string, string>({ max: textsKept });

  constructor(private readonly vault: Vault) {}

  seal(userId: string, clear: string): Promise<string> {
    return this.vault.seal(keyOf(userId), clear);
  }

  sealMaybe(userId: string, clear: string | null): Promise<string | null> {
    return clear === null ? Promise.resolve(null) : this.seal(userId, clear);
  }

  /** Undefined when the key is gone. */
  async open(userId: string, sealed: string): Promise<string | undefined> {
    const known = this.opened.get(sealed);
    if (known !== undefined) return known;
    const clear = await this.vault.open(keyOf(userId), sealed);
    if (clear !== undefined) this.opened.set(sealed, clear);
    return clear;
  }

  async openMaybe(userId: string, sealed: string | null): Promise<string | null> {
    return sealed === null ? null : ((await this.open(userId, sealed)) ?? null);
  }

  /** Hashes of passwords are not kept open. */
  openSecret(userId: string, sealed: string): Promise<string | undefined> {
    return this.vault.open(keyOf(userId), sealed);
  }

  /** Users are found by it, and two of one name are impossible. */
  nameDigest(name: string): Promise<string> {
    return this.vault.digest('user-name', name);
  }

  /** For good. */
  async erase(userId: string): Promise<void> {
    await this.vault.destroy(keyOf(userId));
    this.opened.clear();
  }
}

function keyOf(userId: string): string {
  return `user:${userId}`;
}
