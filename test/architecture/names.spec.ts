import { emptyNames } from './names.js';
import { sources } from './sources.js';

describe('Names', () => {
  it('calls nothing a manager, a helper or a util', () => {
    const found = sources().flatMap((source) => emptyNames(source).map((name) => `${source.path}: ${name}`));
    expect(found).toEqual([]);
  });

  it.each([
    ['libs/pools/src/pool-manager.ts', ''],
    ['libs/wire/src/utils/xml.ts', ''],
    ['test/helpers.ts', ''],
    ['a.ts', 'export class LeaseManager {}'],
    ['a.ts', 'export default abstract class PoolHelper {}'],
    ['a.ts', 'export async function* helperFor() {}'],
    ['a.ts', "export const stringUtils = 'x';"],
    ['a.ts', 'export interface UtilOptions {}'],
    ['a.ts', 'export { Good, type Thing as LeaseHelper };'],
  ])('would catch one: %s %s', (path, text) => {
    expect(emptyNames({ path, text })).toHaveLength(1);
  });

  it.each([
    ['libs/inventory/src/hypervisor/utilization.policy.ts', 'export const utilization = 1;'],
    ['a.ts', 'export class VmUtilization {}\nconst helper = 1;'],
  ])('leaves other words alone: %s', (path, text) => {
    expect(emptyNames({ path, text })).toEqual([]);
  });
});
