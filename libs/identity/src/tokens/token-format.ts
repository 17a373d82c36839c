import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { tokenMethods, type TokenClaims } from './token-claims.js';

/**
 * A token's text: base64url of version, salt, ciphertext and tag (196 characters). Each token is encrypted and
 * authenticated (AES-256-GCM) under a key and nonce of its own, derived from the secret and 24 random bytes, so that no
 * number of tokens wears the secret out. Nothing of it is stored: whoever has the secret can read it, after a restart
 * and in other processes too.
 */
const version = 1;
const saltBytes = 24;
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const cipherName = 'aes-256-gcm';

const idBytes = 16;
const timeBytes = 6;
/** flags, methods, user, project, credential, audit, chain; issued, expires, two generations. */
const claimBytes = 2 + 5 * idBytes + 4 * timeBytes;
const tokenBytes = 1 + saltBytes + claimBytes + tagBytes;
const textForm = new RegExp(`^[A-Za-z0-9_-]{${String(Math.ceil((tokenBytes * 4) / 3))}}$`);

const hasProject = 1;
const hasCredential = 2;
const noId = '0'.repeat(2 * idBytes);

export class TokenFormat {
  constructor(private readonly secret: Buffer) {}

  write(claims: TokenClaims): string {
    const salt = randomBytes(saltBytes);
    const head = Buffer.concat([Buffer.of(version), salt]);
    const { key, nonce } = this.derive(salt);
    const cipher = createCipheriv(cipherName, key, nonce, { authTagLength: tagBytes });
    cipher.setAAD(head);
    return Buffer.concat([head, cipher.update(pack(claims)), cipher.final(), cipher.getAuthTag()]).toString(
      'base64url',
    );
  }

  /** Undefined for everything that was not written with this secret. */
  read(text: string): TokenClaims | undefined {
    if (!textForm.test(text)) return undefined;
    const bytes = Buffer.from(text, 'base64url');
    // Unused bits of the last character could be set otherwise: one token, one text.
    if (bytes.length !== tokenBytes || bytes[0] !== version || bytes.toString('base64url') !== text) return undefined;
    const head = bytes.subarray(0, 1 + saltBytes);
    const { key, nonce } = this.derive(head.subarray(1));
    const decipher = createDecipheriv(cipherName, key, nonce, { authTagLength: tagBytes });
    decipher.setAAD(head);
    decipher.setAuthTag(bytes.subarray(-tagBytes));
    try {
      return unpack(Buffer.concat([decipher.update(bytes.subarray(head.length, -tagBytes)), decipher.final()]));
    } catch {
      return undefined;
    }
  }

  private derive(salt: Buffer): { readonly key: Buffer; readonly nonce: Buffer } {
    const derived = Buffer.from(hkdfSync('sha256', this.secret, salt, 'leasebook token', keyBytes + nonceBytes));
    return { key: derived.subarray(0, keyBytes), nonce: derived.subarray(keyBytes) };
  }
}

/** 128 random bits, 22 characters. */
export function newAuditId(): string {
  return randomBytes(idBytes).toString('base64url');
}

function pack(claims: TokenClaims): Buffer {
  const flags =
    (claims.projectId === null ? 0 : hasProject) | (claims.applicationCredentialId === null ? 0 : hasCredential);
  const methods = claims.methods.reduce((bits, method) => bits | (1 << tokenMethods.indexOf(method)), 0);
  const ids = [claims.userId, claims.projectId ?? noId, claims.applicationCredentialId ?? noId];
  const times = Buffer.alloc(4 * timeBytes);
  [claims.issuedAt, claims.expiresAt, claims.userGeneration, claims.projectGeneration].forEach((value, index) =>
    times.writeUIntBE(value, index * timeBytes, timeBytes),
  );
  return Buffer.concat([
    Buffer.of(flags, methods),
    ...ids.map((id) => Buffer.from(id, 'hex')),
    ...[claims.auditId, claims.chainId].map((id) => Buffer.from(id, 'base64url')),
    times,
  ]);
}

function unpack(bytes: Buffer): TokenClaims {
  const [flags = 0, methods = 0] = bytes;
  const id = (index: number): Buffer => bytes.subarray(2 + index * idBytes, 2 + (index + 1) * idBytes);
  const time = (index: number): number => bytes.readUIntBE(2 + 5 * idBytes + index * timeBytes, timeBytes);
  return {
    userId: id(0).toString('hex'),
    projectId: (flags & hasProject) === 0 ? null : id(1).toString('hex'),
    applicationCredentialId: (flags & hasCredential) === 0 ? null : id(2).toString('hex'),
    methods: tokenMethods.filter((_method, bit) => (methods & (1 << bit)) !== 0),
    auditId: id(3).toString('base64url'),
    chainId: id(4).toString('base64url'),
    issuedAt: time(0),
    expiresAt: time(1),
    userGeneration: time(2),
    projectGeneration: time(3),
  };
}
