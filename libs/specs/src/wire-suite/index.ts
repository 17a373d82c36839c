export { Matcher } from './matchers.js';
export { describeSuite, externalServer, runWireSuites, type TestFrame } from './run-wire-suites.js';
export { expandRows, parseSuite, readSuite } from './suite.parser.js';
export { SuiteRun } from './suite-run.js';
export type * from './suite.type.js';
