import type { CollectionDefinition, Document } from '#read-store';

/** One host aggregate (contracts/nova §5). `_id` is its integer id as text. */
export interface AggregateDocument extends Document {
  readonly number: number;
  readonly uuid: string;
  readonly name: string;
  readonly availabilityZone: string | null;
  /** Service hosts, in order of adding. */
  readonly hosts: readonly string[];
  /** A list, since keys may hold dots; includes availability_zone when set. */
  readonly metadata: readonly { readonly key: string; readonly value: string }[];
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number | null;
}

export const aggregatesCollection: CollectionDefinition<AggregateDocument> = {
  name: 'aggregates',
  indexes: [{ name: 'byNumber', fields: ['number'], unique: true }],
};
