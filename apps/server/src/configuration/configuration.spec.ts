import { describe, expect, it } from '@jest/globals';
import { loadSettings } from '../profiles/settings.js';
import { configurationDecider, type Loaded } from './configuration.decider.js';
import { effectiveConfiguration } from './effective.js';

const loaded = (settings: Loaded['settings'], loadedAt = 1): Loaded => ({ settings, loadedAt });

describe('the configuration', () => {
  it('given none yet, when loaded, then it is recorded', () => {
    const command = loaded({ pageLimit: 10 });
    expect(configurationDecider.decide(command, configurationDecider.initialState())).toEqual({
      kind: 'accepted',
      events: [{ type: 'ConfigurationLoaded', data: command }],
    });
  });

  it('given the same in another order, when loaded again, then nothing is recorded', () => {
    const first = { type: 'ConfigurationLoaded', data: loaded({ a: { x: 1, y: [1, 2] }, b: 2 }) } as const;
    const state = configurationDecider.evolve(configurationDecider.initialState(), first);
    expect(configurationDecider.decide(loaded({ b: 2, a: { y: [1, 2], x: 1 } }, 9), state)).toEqual({
      kind: 'accepted',
      events: [],
    });
  });

  it('given another value, when loaded, then it is recorded', () => {
    const first = { type: 'ConfigurationLoaded', data: loaded({ a: [1, 2] }) } as const;
    const state = configurationDecider.evolve(configurationDecider.initialState(), first);
    expect(configurationDecider.decide(loaded({ a: [2, 1] }), state)).toMatchObject({
      events: [{ type: 'ConfigurationLoaded' }],
    });
  });

  it('holds no secret and nothing about the machine', () => {
    const settings = loadSettings({ LEASEBOOK_ADMIN_PASSWORD: 'correct horse', LEASEBOOK_DATA_DIR: '/somewhere' });
    const text = JSON.stringify(
      effectiveConfiguration({
        ...settings,
        keystone: {
          authUrl: 'http://k',
          username: 'u',
          password: 'battery',
          project: 'p',
          domain: 'd',
          cacheSeconds: 1,
        },
      }),
    );
    expect(text).not.toContain('correct horse');
    expect(text).not.toContain('battery');
    expect(text).not.toContain('somewhere');
    expect(text).toContain('compute-1');
  });

  it('holds none of the secrets that an address can carry', () => {
    const settings = loadSettings({ LEASEBOOK_PUBLIC_URL: 'https://cloud.example.org/book' });
    const url = 'https://ann:staple@keyrock.example.org/user?client_secret=horse&access_token=';
    const keyrock = { url, form: 'userinfo', cacheSeconds: 60 } as const;
    expect(effectiveConfiguration({ ...settings, keyrock })).toMatchObject({
      publicUrl: 'https://cloud.example.org/book',
      keyrock: { ...keyrock, url: 'https://keyrock.example.org/user' },
    });
  });
});
