import { tryLeases } from './lease-trials-suite.js';

tryLeases([
  ['before', 'keyed'],
  ['after', 'keyed'],
  ['after', 'unkeyed'],
  ['dies-after', 'keyed'],
]);
