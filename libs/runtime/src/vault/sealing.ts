import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

/** AES-256-GCM with a random nonce of 96 bits; the key's name and id are authenticated with the text. */
const cipherName = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

export interface VaultKey {
  /** 16 hex digits; stands readable before the first dot of what it sealed. */
  readonly id: string;
  readonly bytes: Buffer;
}

export function newKey(): VaultKey {
  return { id: randomBytes(8).toString('hex'), bytes: randomBytes(32) };
}

export function sealWith(key: VaultKey, keyName: string, clear: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(cipherName, key.bytes, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(`${keyName}\n${key.id}`));
  const text = Buffer.concat([nonce, cipher.update(clear, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${key.id}.${text.toString('base64url')}`;
}

/** Undefined when the text was not sealed with this key, or was changed. */
export function openWith(key: VaultKey, keyName: string, sealed: string): string | undefined {
  const [id, text = ''] = sealed.split('.', 2);
  const bytes = Buffer.from(text, 'base64url');
  if (id !== key.id || bytes.length < nonceBytes + tagBytes) return undefined;
  const decipher = createDecipheriv(cipherName, key.bytes, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(`${keyName}\n${key.id}`));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  try {
    return decipher.update(bytes.subarray(nonceBytes, -tagBytes), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return undefined;
  }
}

export function digestWith(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}
