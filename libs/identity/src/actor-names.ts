import { Query } from '@nestjs/cqrs';

/** Names of actors by the text they were sealed to (C20); a name whose key was destroyed is left out. */
export class ActorNames extends Query<ReadonlyMap<string, string>> {
  constructor(readonly sealed: readonly { readonly userId: string; readonly sealed: string }[]) {
    super();
  }
}
