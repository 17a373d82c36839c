import { describe, expect, it } from '@jest/globals';
import { allowedBy } from './access-rules.policy.js';

const rule = (path: string, method = 'GET', service = 'compute') => [{ id: 'r', service, method, path }];
const asked = (path: string, method = 'GET', serviceType = 'compute') => ({ path, method, serviceType });

describe('access rules', () => {
  it.each<[string, string, boolean]>([
    ['/v2.1/os-aggregates', '/v2.1/os-aggregates', true],
    ['/v2.1/os-aggregates', '/compute/v2.1/os-aggregates', true],
    ['/compute/v2.1/os-aggregates', '/compute/v2.1/os-aggregates', true],
    ['/compute/v2.1/os-aggregates', '/v2.1/os-aggregates', false],
    ['/v2.1/os-aggregates', '/v2.1/os-aggregates/1', false],
    ['/v2.1/os-aggregates/*', '/v2.1/os-aggregates/1', true],
    ['/v2.1/os-aggregates/*', '/v2.1/os-aggregates', false],
    ['/v2.1/os-aggregates/*', '/v2.1/os-aggregates/', false],
    ['/v2.1/os-aggregates/*', '/v2.1/os-aggregates/1/action', false],
    ['/v2.1/os-aggregates/{id}/action', '/v2.1/os-aggregates/1/action', true],
    ['/v2.1/os-aggregates/{id}/action', '/v2.1/os-aggregates/1/images', false],
    ['/v2.1/**', '/v2.1/os-aggregates/1/action', true],
    ['/v2.1/**', '/v2.10/os-aggregates', false],
    ['/**/action', '/v2.1/os-aggregates/1/action', true],
    ['/**/action', '/v2.1/os-aggregates/1/images', false],
    ['/v2.1/(a+)+$', '/v2.1/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', false],
  ])('%s and %s: %s', (pattern, path, allowed) => {
    expect(allowedBy(rule(pattern), asked(path))).toBe(allowed);
  });

  it('want the method and the service too', () => {
    expect(allowedBy(rule('/v2.1/**', 'GET'), asked('/v2.1/x', 'POST'))).toBe(false);
    expect(allowedBy(rule('/v2.1/**', 'get'), asked('/v2.1/x', 'GET'))).toBe(true);
    expect(allowedBy(rule('/v2.1/**', 'GET', 'image'), asked('/v2.1/x'))).toBe(false);
  });

  it('allow nothing when there are none', () => {
    expect(allowedBy([], asked('/v2.1/x'))).toBe(false);
  });
});
