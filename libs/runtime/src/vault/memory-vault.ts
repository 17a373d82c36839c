import { Vault } from '../vault.port.js';
import { digestWith, newKey, openWith, sealWith, type VaultKey } from './sealing.js';

/** Keys that live as long as the process: for tests. */
export class MemoryVault extends Vault {
  private readonly keys = new Map<string, VaultKey>();

  override seal(keyName: string, clear: string): Promise<string> {
    return Promise.resolve(sealWith(this.key(keyName), keyName, clear));
  }

  override open(keyName: string, sealed: string): Promise<string | undefined> {
    const key = this.keys.get(keyName);
    return Promise.resolve(key && openWith(key, keyName, sealed));
  }

  override digest(purpose: string, text: string): Promise<string> {
    return Promise.resolve(digestWith(this.key(`digest:${purpose}`).bytes, text));
  }

  override secret(purpose: string): Promise<Buffer> {
    return Promise.resolve(Buffer.from(this.key(`secret:${purpose}`).bytes));
  }

  override destroy(keyName: string): Promise<void> {
    this.keys.get(keyName)?.bytes.fill(0);
    this.keys.delete(keyName);
    return Promise.resolve();
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }

  private key(name: string): VaultKey {
    let key = this.keys.get(name);
    if (key === undefined) {
      key = newKey();
      this.keys.set(name, key);
    }
    return key;
  }
}
