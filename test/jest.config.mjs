import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { swcOptions } from './swc-options.mjs';

/** What every jest run of this repository shares: ESM, swc, decorators with metadata, and `#x` imports straight to the sources. */
export const shared = {
  rootDir: fileURLToPath(new URL('..', import.meta.url)),
  testEnvironment: 'node',
  // `import` must not be among the conditions: packages with both an `import` and a `require` entry break under jest.
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'default'] },
  extensionsToTreatAsEsm: ['.ts'],
  // Files are imported with `.js` endings, as nodenext demands; here they are still `.ts`.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  moduleFileExtensions: ['js', 'mjs', 'cjs', 'ts', 'json', 'node'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/data/', '<rootDir>/apps/dashboard/'],
  setupFiles: ['<rootDir>/test/property-runs.mjs'],
  transform: { '^.+\\.ts$': ['@swc/jest', swcOptions] },
};

/** `npm test`: everything that needs nothing but Node. */
export default {
  ...shared,
  // Modules of a spec stay in the memory of its process: processes are replaced now and then, which one alone never is.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  workerIdleMemoryLimit: '1200MB',
  testMatch: [
    '<rootDir>/{libs,apps,projections}/**/*.spec.ts',
    '<rootDir>/test/{architecture,wire,scenarios,simulation,faults,leases-history,pools-history}/**/*.spec.ts',
  ],
};
