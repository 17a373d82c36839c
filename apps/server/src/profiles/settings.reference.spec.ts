import { expect, it } from '@jest/globals';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configurationReference } from './settings.reference.js';

const path = fileURLToPath(new URL('../../../../docs/reference/configuration.md', import.meta.url));

it('docs/reference/configuration.md says what the settings table says (LEASEBOOK_TEST_WRITE_DOCS=1 writes it)', () => {
  const text = configurationReference();
  if (process.env.LEASEBOOK_TEST_WRITE_DOCS === '1') {
    mkdirSync(fileURLToPath(new URL('.', `file://${path}`)), { recursive: true });
    writeFileSync(path, text);
  }
  expect(readFileSync(path, 'utf8')).toBe(text);
});
