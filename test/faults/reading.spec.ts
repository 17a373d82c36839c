import { describe } from '@jest/globals';
import { tryEverything } from './trials.js';

describe('a fault whenever a request reads a stream, at a server that remembers none', () => {
  tryEverything({ calls: ['readStream'], faults: ['before', 'slow'], settings: { cachedStreams: 1 } });
});
