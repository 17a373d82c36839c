import { shared } from './jest.config.mjs';

/** `npm run soak`: the long counts of crashes, histories, seeds and fuzzing. */
export default {
  ...shared,
  testMatch: ['<rootDir>/test/soak/**/*.spec.ts'],
  testTimeout: 3_600_000,
};
