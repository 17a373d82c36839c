import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { v5 } from 'uuid';
import { deriveUuid, leasebookNamespace } from './derived-ids.js';

describe('a derived uuid', () => {
  it('is the version 5 uuid that everybody else derives', () => {
    expect(deriveUuid('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe(
      '2ed6657d-e927-568b-95e1-2665a8aea6a2',
    );
    fc.assert(
      fc.property(fc.uuid(), fc.string({ unit: 'binary', maxLength: 300 }), (namespace, name) => {
        expect(deriveUuid(namespace, name)).toBe(v5(name, namespace));
      }),
    );
  });

  it('is none of a name that is no text', () => {
    expect(() => deriveUuid(leasebookNamespace, 'a\ud800b')).toThrow(URIError);
  });
});
