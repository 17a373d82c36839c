import { shared } from './jest.config.mjs';

/** `npm run test:services`: what talks to real servers, real clients and a real browser; one suite at a time. */
export default {
  ...shared,
  testMatch: ['<rootDir>/test/{services,clients,browser}/**/*.spec.ts'],
  testTimeout: 120_000,
  maxWorkers: 1,
};
