/** So much of an error's body is read before its outcome is written, in bytes. */
export const MAX_STATUS_BYTES = 64 * 1024;
/** The longest message that is kept, in UTF-16 code units. */
const MAX_MESSAGE_LENGTH = 4096;

/**
 * The message of an upstream error: of its `v1.Status`, else the reason phrase.
 *
 * @param body - the first {@link MAX_STATUS_BYTES} of it
 */
export function statusMessage(body: Buffer, reasonPhrase: string): string {
  try {
    const status: unknown = JSON.parse(body.toString('utf8'));
    if (
      typeof status === 'object' &&
      status !== null &&
      'message' in status &&
      typeof status.message === 'string' &&
      status.message !== ''
    ) {
      return status.message.slice(0, MAX_MESSAGE_LENGTH);
    }
  } catch {
    // Not a Status: the reason phrase has to do.
  }
  return reasonPhrase;
}
