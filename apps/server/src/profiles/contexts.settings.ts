import type { IdentitySettings } from '#identity';
import type { InventorySettings } from '#inventory';
import type { Clock } from '#kernel';
import { secretOf } from './secret-file.js';
import { WrongSettings } from './settings.js';
import type { KeystoneSettings, Settings } from './settings.type.js';

/** The server's settings as the identity context wants them. Throws WrongSettings when a password file cannot be read. */
export function identitySettings(settings: Settings, clock: Clock): IdentitySettings {
  return {
    mode: settings.identity,
    ...(settings.keystone === undefined
      ? {}
      : { keystone: { ...settings.keystone, password: passwordOf(settings.keystone) } }),
    ...(settings.keyrock === undefined ? {} : { keyrock: settings.keyrock }),
    tokenSeconds: settings.tokenSeconds,
    loginFailures: settings.loginFailures,
    loginWindowSeconds: settings.loginWindowSeconds,
    clock,
  };
}

/** The server's settings as the inventory context wants them. */
export function inventorySettings(settings: Settings): InventorySettings {
  return {
    defaultZone: settings.defaultZone,
    discovers: settings.roles.includes('processes'),
    discoveryEveryMs: settings.discoverySeconds * 1000,
    heartbeatsEveryMs: settings.heartbeatSeconds * 1000,
    serviceDownMs: settings.serviceDownSeconds * 1000,
  };
}

function passwordOf({ password, passwordFile }: KeystoneSettings): string {
  const found = secretOf(password, passwordFile, 'keystone.passwordFile');
  if (found === undefined) throw new WrongSettings(['keystone: password or passwordFile is needed']);
  return found;
}
