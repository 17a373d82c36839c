import { describe } from '@jest/globals';
import { tryEverything } from './trials.js';

describe('a fault at any append of a request', () => {
  tryEverything({ calls: ['append'], faults: ['before', 'after', 'timeout', 'slow'], beyond: 2 });
});
