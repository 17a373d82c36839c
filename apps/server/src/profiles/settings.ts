import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject } from 'ajv';
import { addFormats } from './formats.js';
import { parse } from 'yaml';
import { demoConfiguration } from './demo.configuration.js';
import { poolContradictions } from './pools.contradictions.js';
import { reservationContradictions } from './reservations.contradictions.js';
import { settingRows, settingsSchema, type SettingRow } from './settings.schema.js';
import type { Settings } from './settings.type.js';

/** Every fault found at once, each with the name under which it was set. */
export class WrongSettings extends Error {
  override readonly name = 'WrongSettings';
  constructor(readonly faults: readonly string[]) {
    super(`Leasebook cannot start with these settings:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

const defaultFile = 'config/leasebook.yaml';

/**
 * The effective settings: defaults, then the demo configuration or the YAML file, then the environment.
 * Throws WrongSettings; nothing is guessed, rounded or ignored.
 */
export function loadSettings(environment: Environment = process.env): Settings {
  const named = environment.LEASEBOOK_CONFIG;
  const file = named === undefined || named === '' ? readOptional(defaultFile) : readNamed(named);
  const engines = ['LEASEBOOK_EVENT_STORE_URL', 'LEASEBOOK_READ_STORE_URL', 'LEASEBOOK_TIMERS_URL'];
  const isDemo = file === undefined && engines.every((name) => (environment[name] ?? '') === '');
  const faults: string[] = [];
  const merged: Record<string, unknown> = {
    ...(isDemo ? demoConfiguration : {}),
    ...(file ?? {}),
    ...fromEnvironment(environment, faults),
    demo: isDemo,
  };
  faults.push(...validate(merged));
  if (faults.length > 0) throw new WrongSettings(faults);
  const settings = merged as unknown as Settings;
  faults.push(...contradictions(settings));
  if (faults.length > 0) throw new WrongSettings(faults);
  return settings;
}

function readOptional(path: string): Record<string, unknown> | undefined {
  try {
    return parseFile(path, readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof WrongSettings) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new WrongSettings([`${path} cannot be read: ${(error as Error).message}`]);
  }
}

function readNamed(path: string): Record<string, unknown> {
  const content = readOptional(path);
  if (content === undefined) throw new WrongSettings([`LEASEBOOK_CONFIG names ${path}, which does not exist`]);
  return content;
}

function parseFile(path: string, text: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = parse(text, { maxAliasCount: 100 });
  } catch (error) {
    throw new WrongSettings([`${path} is not YAML: ${(error as Error).message}`]);
  }
  if (content === null) return {};
  if (typeof content !== 'object' || Array.isArray(content))
    throw new WrongSettings([`${path}: expected a mapping of settings`]);
  if ('demo' in content)
    throw new WrongSettings([
      `${path}: demo is not a setting; the demo configuration is what is served without a file`,
    ]);
  return content as Record<string, unknown>;
}

function fromEnvironment(environment: Environment, faults: string[]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  const known = new Map(settingRows.flatMap((row) => (row.env === undefined ? [] : [[row.env, row] as const])));
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith('LEASEBOOK_') || text === undefined || text === '') continue;
    if (name === 'LEASEBOOK_CONFIG' || name.startsWith('LEASEBOOK_TEST_')) continue;
    const row = known.get(name);
    if (row === undefined) faults.push(`${name} is not a setting`);
    else found[row.key] = parseText(row, text);
  }
  return found;
}

/** A text that does not fit stays a text, so that validation names it. */
function parseText(row: SettingRow, text: string): unknown {
  const type = row.schema.type;
  if (type === 'integer' && /^-?\d+$/.test(text)) return Number(text);
  if (type === 'boolean' && /^(true|false|1|0|yes|no|on|off)$/i.test(text)) return /^(true|1|yes|on)$/i.test(text);
  if (type === 'array') return text.split(',').map((item) => item.trim());
  return text;
}

const ajv = new Ajv({ allErrors: true, useDefaults: true, strict: true, allowUnionTypes: true });
addFormats(ajv);
const check = ajv.compile(settingsSchema);

function validate(settings: Record<string, unknown>): readonly string[] {
  if (check(settings)) return [];
  return [...new Set((check.errors ?? []).map((error) => phrase(error)))];
}

function phrase(error: ErrorObject): string {
  const path = error.instancePath.split('/').slice(1);
  const row = settingRows.find((candidate) => candidate.key === path[0]);
  const where = path.join('.') || 'settings';
  const name = row?.env === undefined || path.length > 1 ? where : `${row.env} (${where})`;
  if (error.keyword === 'additionalProperties')
    return `${name}: ${String(error.params.additionalProperty)} is not a setting`;
  if (error.keyword === 'enum') return `${name} must be one of ${(error.params.allowedValues as unknown[]).join(', ')}`;
  return `${name} ${error.message ?? 'is wrong'}`;
}

const loopback = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

export function isLoopback(host: string): boolean {
  return loopback.test(host);
}

/** What no single setting shows. */
function contradictions(settings: Settings): readonly string[] {
  const faults: string[] = [];
  if (settings.identity === 'noauth' && !isLoopback(settings.host) && !settings.noauthAnywhere)
    faults.push(
      'LEASEBOOK_IDENTITY=noauth lets everybody be administrator: it needs a loopback LEASEBOOK_HOST, or LEASEBOOK_NOAUTH_ANYWHERE=true',
    );
  if (settings.identity === 'keystone' && settings.keystone === undefined)
    faults.push('LEASEBOOK_IDENTITY=keystone needs the section keystone (authUrl, username, password or passwordFile)');
  if (settings.identity === 'keyrock' && settings.keyrock === undefined)
    faults.push('LEASEBOOK_IDENTITY=keyrock needs the section keyrock (url, project)');
  for (const name of ['eventStoreUrl', 'readStoreUrl', 'timersUrl'] as const)
    if (settings[name] !== undefined)
      faults.push(`${name}: this release has the embedded engines only; leave it unset`);
  if (settings.roles.length < 3)
    faults.push(
      'LEASEBOOK_ROLES: the embedded engines belong to one process, which needs all of http,projections,processes',
    );
  const hosts = settings.simulatedHosts.map((host) => host.name);
  for (const twice of hosts.filter((name, index) => hosts.indexOf(name) !== index))
    faults.push(`simulatedHosts: ${twice} stands there twice`);
  return [...faults, ...poolContradictions(settings), ...reservationContradictions(settings)];
}
