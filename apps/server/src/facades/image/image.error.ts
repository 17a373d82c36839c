/** A refusal in the form of Glance, which is a page of HTML, or the token layer's own (contracts/identity §3, §5.2). */
export class ImageError extends Error {
  override readonly name = 'ImageError';

  constructor(
    readonly status: 400 | 401 | 404 | 405 | 503,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}
