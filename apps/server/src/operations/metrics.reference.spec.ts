import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { Metrics } from './metrics.js';
import { metricsReference } from './metrics.reference.js';

const path = fileURLToPath(new URL('../../../../docs/reference/metrics.md', import.meta.url));

it('docs/reference/metrics.md says what the registry says (LEASEBOOK_TEST_WRITE_DOCS=1 writes it)', async () => {
  const text = await metricsReference(new Metrics().registry);
  if (process.env.LEASEBOOK_TEST_WRITE_DOCS === '1') writeFileSync(path, text);
  expect(readFileSync(path, 'utf8')).toBe(text);
});
