import { Query } from '@nestjs/cqrs';
import type { Answered } from '#read-store';
import type { ResourcePropertyDocument } from './resource-properties.document.js';

export type { ResourcePropertyDocument } from './resource-properties.document.js';

export interface ListedResourceProperty {
  readonly property: ResourcePropertyDocument;
  /** Distinct values that hosts have now; undefined: not asked for. */
  readonly values?: readonly string[];
}

/** Those that a host has now, in the order in which they were first used; private ones only with `all`. */
export class ListResourceProperties extends Query<Answered<readonly ListedResourceProperty[]>> {
  constructor(readonly asked: { readonly values: boolean; readonly all: boolean }) {
    super();
  }
}
