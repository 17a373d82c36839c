import { describe, expect, it } from '@jest/globals';
import { decisionsOf } from '#specs';
import { propertyOf, resourceProperties, unknownNames } from './resource-properties.aggregate.js';
import type { ResourcePropertiesEvent } from './resource-properties.events.js';

const { given } = decisionsOf(resourceProperties);
const at = 1_000;
const noted = (name: string): ResourcePropertiesEvent => ({
  type: 'ResourcePropertyNoted',
  data: { id: `id-of-${name}`, name, resourceType: 'physical:host', at },
});
const note = (...names: readonly string[]) =>
  ({ type: 'note', properties: names.map((name) => ({ id: `id-of-${name}`, name })), at }) as const;
const set = (name: string, isPrivate: boolean) =>
  ({ type: 'set-privacy', name, private: isPrivate, at: 2_000 }) as const;
const privacy = (name: string, isPrivate: boolean): ResourcePropertiesEvent => ({
  type: 'ResourcePropertyPrivacySet',
  data: { name, private: isPrivate, at: 2_000 },
});

describe('resource properties', () => {
  it('are noted once', () => {
    given()
      .when(note('gpu', 'nvme', 'gpu'))
      .then(noted('gpu'), noted('nvme'));
    given(noted('gpu')).when(note('gpu', '__proto__')).then(noted('__proto__'));
    given(noted('gpu')).when(note('gpu')).then();
  });

  it('become private, and public again', () => {
    given(noted('gpu')).when(set('gpu', true)).then(privacy('gpu', true));
    given(noted('gpu')).when(set('gpu', false)).then();
    given(noted('gpu'), privacy('gpu', true)).when(set('gpu', true)).then();
    given(noted('gpu'), privacy('gpu', true)).when(set('gpu', false)).then(privacy('gpu', false));
    given().when(set('gpu', true)).thenRefused('resource-property-unknown', { name: 'gpu' });
  });

  it('are known by their names', () => {
    given(noted('gpu'), privacy('gpu', true)).state((state) => {
      expect(propertyOf(state, 'gpu')).toEqual({
        ...{ id: 'id-of-gpu', name: 'gpu', resourceType: 'physical:host', private: true },
        ...{ createdAt: at, updatedAt: 2_000 },
      });
      expect(propertyOf(state, 'nvme')).toBeUndefined();
      expect(unknownNames(state, ['nvme', 'gpu', 'nvme'])).toEqual(['nvme']);
    });
  });
});
