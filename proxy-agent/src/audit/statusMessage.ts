import { constants, gunzipSync } from 'node:zlib';
import { isGzip } from './inflateBody';
import { protobufEnvelope } from './protobufEnvelope';
import { protobufFields } from './protobufFields';
import { REDACTED } from './redacted';

/** So much of an error's body is read before its outcome is written, in bytes. */
export const MAX_STATUS_BYTES = 64 * 1024;
/** The longest message that is kept, in UTF-16 code units. */
const MAX_MESSAGE_LENGTH = 4096;
/** A compressed error that is longer is not read, in bytes. */
const MAX_INFLATED_BYTES = 4 * MAX_STATUS_BYTES;
/** `Status.message`, by its number in protobuf. */
const MESSAGE_FIELD = 3;

/**
 * API servers up to 1.22 quote the place of the body that they could not read,
 * as in `error found in #10 byte of ...|sword":"hunter2"|..., bigger context
 * ...|{"data":{"password":"hunter2"}}|...`.
 */
const QUOTED_BODY = /(\bbyte of ?|\bcontext ?)\.\.\.\|[^]*$/;

function messageOf(body: Buffer): string | undefined {
  const envelope = protobufEnvelope(body, Infinity);
  if (envelope) {
    let message;
    if (envelope.kind === 'Status') {
      for (const { number, bytes } of protobufFields(envelope.content)) {
        if (number === MESSAGE_FIELD) {
          message = bytes.toString();
        }
      }
    }
    return message;
  }
  const status: unknown = JSON.parse(body.toString('utf8'));
  return typeof status === 'object' &&
    status !== null &&
    'message' in status &&
    typeof status.message === 'string'
    ? status.message
    : undefined;
}

/** A part of a gzip file is as good as the whole: the message comes first. */
function inflated(body: Buffer): Buffer {
  return isGzip(body)
    ? gunzipSync(body, {
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: MAX_INFLATED_BYTES,
      })
    : body;
}

/**
 * The message of an upstream error: of its `v1.Status` in JSON or protobuf,
 * gzip or not, else the reason phrase.
 *
 * @param body - the first {@link MAX_STATUS_BYTES} of it
 */
export function statusMessage(body: Buffer, reasonPhrase: string): string {
  try {
    const message = messageOf(inflated(body));
    if (message) {
      return (
        message
          .replace(QUOTED_BODY, `$1${REDACTED}`)
          // Which databases refuse.
          .replaceAll('\0', '\ufffd')
          .slice(0, MAX_MESSAGE_LENGTH)
      );
    }
  } catch {
    // Not a Status: the reason phrase has to do.
  }
  return reasonPhrase;
}
