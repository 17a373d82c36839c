import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** Memory is 128 × r × 2^log2N bytes. */
export interface ScryptCost {
  readonly log2N: number;
  readonly r: number;
  readonly p: number;
}

/** 32 MiB and three passes: one of the settings that OWASP's password storage guidance holds equal. */
export const defaultScryptCost: ScryptCost = { log2N: 15, r: 8, p: 3 };

const saltBytes = 16;
const keyBytes = 32;
const form = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9_-]+)\$([A-Za-z0-9_-]+)$/;

/** `$scrypt$ln=15,r=8,p=3$<salt>$<key>`, both base64url: the costs stand with the hash, so that they can be raised. */
export async function scryptHash(password: string, cost: ScryptCost): Promise<string> {
  const salt = randomBytes(saltBytes);
  const key = await derive(password, salt, cost);
  const costs = `ln=${String(cost.log2N)},r=${String(cost.r)},p=${String(cost.p)}`;
  return `$scrypt$${costs}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/** False also for a text that is no hash. */
export async function scryptVerify(password: string, hash: string): Promise<boolean> {
  const [, log2N, r, p, salt = '', key = ''] = form.exec(hash) ?? [];
  if (log2N === undefined) return false;
  const expected = Buffer.from(key, 'base64url');
  const cost = { log2N: Number(log2N), r: Number(r), p: Number(p) };
  const derived = await derive(password, Buffer.from(salt, 'base64url'), cost);
  return derived.length === expected.length && timingSafeEqual(derived, expected);
}

function derive(password: string, salt: Buffer, { log2N, r, p }: ScryptCost): Promise<Buffer> {
  // The same letters typed on another keyboard may come as other code points.
  const text = password.normalize('NFC');
  return new Promise((resolve, reject) => {
    const N = 2 ** log2N;
    // What it needs, twice: OpenSSL counts a few blocks more.
    const maxmem = 2 * 128 * r * (N + p + 2);
    scrypt(text, salt, keyBytes, { N, r, p, maxmem }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
