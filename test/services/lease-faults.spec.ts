import { tryLeases } from '../faults/lease-trials-suite.js';

tryLeases([
  ['before', 'unkeyed'],
  ['timeout', 'keyed'],
  ['timeout', 'unkeyed'],
  ['dies-before', 'keyed'],
  ['dies-before', 'unkeyed'],
  ['dies-after', 'unkeyed'],
]);
