/**
 * Keys, kept outside the log: destroying one makes everything sealed with it unreadable everywhere (C20).
 * Sealed text is `<key id>.<base64url of nonce, ciphertext, tag>`; AES-256-GCM.
 */
export abstract class Vault {
  /** The key is made, durably, at its first use. Key names: `actor:<user id>`, `user:<user id>` … */
  abstract seal(keyName: string, clear: string): Promise<string>;
  /** Undefined when the key was destroyed or the text was not sealed with it. */
  abstract open(keyName: string, sealed: string): Promise<string | undefined>;
  /** The same answer for the same purpose and text on every start; it does not reveal the text. Hex. */
  abstract digest(purpose: string, text: string): Promise<string>;
  /** 32 random bytes, made durably at first use: for signing tokens and the like. */
  abstract secret(purpose: string): Promise<Buffer>;
  /** Overwritten on disk, not only unlinked. */
  abstract destroy(keyName: string): Promise<void>;
  abstract close(): Promise<void>;
}
