import type { Facts, Json, Refused, RuntimeRefusal } from '#kernel';
import type { PoolsRefusal } from '#pools';
import { VmpoolerError } from './vmpooler-error.js';

type Mapped = PoolsRefusal | RuntimeRefusal;

const text = (fact: Json | undefined): string =>
  typeof fact === 'string' || typeof fact === 'number' ? String(fact) : '';

const plain =
  (status: number) =>
  (): VmpoolerError =>
    new VmpoolerError(status); // prettier-ignore

/** Refusal → answer, exhaustive: a new code does not compile until it stands here. */
const table = {
  busy: () => VmpoolerError.tryAgain(),
  'pool-unknown': plain(404),
  'pool-empty': plain(503),
  'names-unknown': plain(404),
  'pools-empty': plain(503),
  'vm-unknown': plain(404),
  'vm-not-running': plain(404),
  'token-required': () => VmpoolerError.unauthenticated(),
  'not-the-owner': plain(403),
  'snapshot-unknown': plain(404),
  'lifetime-invalid': (facts) =>
    VmpoolerError.failures([`Lifetime must be a positive integer (got ${text(facts.lifetime)})`]),
  'lifetime-too-long': (facts) =>
    VmpoolerError.failures([
      `You provided a lifetime (${text(facts.lifetime)}) that exceeds the configured maximum of ${text(facts.limit)}.`,
    ]),
  'tags-not-allowed': () => VmpoolerError.failures(['You provided unsuppored tags.']),
  'size-invalid': (facts) => VmpoolerError.names(400, 'not_configured', [text(facts.pool)]),
  'too-many-instances': (facts) =>
    VmpoolerError.message(403, `requested amount of instances exceeds the maximum ${text(facts.limit)}`),
  'request-id-taken': (facts) =>
    VmpoolerError.message(409, `request_id '${text(facts.requestId)}' has already been created`, text(facts.requestId)),
  'request-unknown': (facts) => requestUnknown(text(facts.requestId)),
  /** Of those that a path names: an accident of the original, without its challenge. */
  'token-unknown': plain(401),
} as const satisfies Record<Mapped, (facts: Facts) => VmpoolerError>;

export function errorOf(refusal: Refused<Mapped>): VmpoolerError {
  return table[refusal.code](refusal.facts);
}

export function requestUnknown(requestId: string): VmpoolerError {
  return VmpoolerError.message(404, `no request found for request_id '${requestId}'`);
}

/** The names that a refusal of names tells. */
export function namesOf({ facts }: Refused<Mapped>): readonly string[] {
  return Array.isArray(facts.names) ? (facts.names as readonly string[]) : [];
}
