/** `type/subtype` of a Content-Type, in lower case and without parameters; undefined when there is none. */
export function mediaTypeOf(contentType: string | undefined): string | undefined {
  const bare = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  return bare === undefined || bare === '' ? undefined : bare;
}

interface Range {
  readonly type: string;
  readonly quality: number;
}

/**
 * The offer that an Accept header likes best (RFC 9110 §12.5.1), of equals the first; undefined when it likes none.
 * Without a header everything is fine. Parameters of ranges other than `q` are ignored.
 */
export function preferred<Offer extends string>(
  accept: string | undefined,
  offers: readonly Offer[],
): Offer | undefined {
  if (accept === undefined || accept.trim() === '' || accept.trim() === '*/*') return offers[0];
  const exact = offers.find((offer) => offer === accept);
  if (exact !== undefined) return exact;
  const ranges = accept.split(',').map(rangeOf);
  let best: { readonly offer: Offer; readonly quality: number } | undefined;
  for (const offer of offers) {
    const quality = qualityOf(offer, ranges);
    if (quality > (best?.quality ?? 0)) best = { offer, quality };
  }
  return best?.offer;
}

function rangeOf(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const written = parameters.find((parameter) => /^q\s*=/.test(parameter))?.replace(/^q\s*=\s*/, '');
  const quality = written === undefined ? 1 : Number(written);
  return { type, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}

/** The most specific range that covers the offer decides. */
function qualityOf(offer: string, ranges: readonly Range[]): number {
  for (const wanted of [offer, `${offer.split('/', 1)[0] ?? ''}/*`, '*/*']) {
    const range = ranges.find(({ type }) => type === wanted);
    if (range !== undefined) return range.quality;
  }
  return 0;
}
