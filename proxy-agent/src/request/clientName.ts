/** The longest client name, in characters. */
export const MAX_CLIENT_NAME_LENGTH = 128;

/**
 * The client's own name for itself: the first product of a User-Agent header,
 * `kubectl/v1.27.3` of `kubectl/v1.27.3 (linux/amd64) kubernetes/25b4e43`. It
 * is a claim, not a fact. Empty if there is none.
 */
export function clientName(userAgent: string | undefined): string {
  const [product = ''] = (userAgent ?? '').trim().split(/[\s(]/, 1);
  // Also the characters that turn the direction of text or have no width.
  return product
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .slice(0, MAX_CLIENT_NAME_LENGTH);
}
