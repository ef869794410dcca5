import { protobufFields } from './protobufFields';

/** Of `runtime.Unknown`, the envelope that Kubernetes puts around protobuf: `k8s\0`, then the message. */
const MAGIC = Buffer.from('k8s\0');
const API_VERSION = /^[a-z0-9.-]{1,253}(?:\/[a-z0-9]{1,63})?$/;
const KIND = /^[A-Za-z0-9]{1,63}$/;

/** What an envelope says of its content. */
export type ProtobufEnvelope = {
  apiVersion: string;
  kind: string;
  /** The object, as far as it is there. */
  content: Buffer;
  /** Bytes that the object has. */
  contentBytes: number;
};

/** An envelope has four; millions of them, which a body has room for, take a second to look through. */
const MAX_FIELDS = 64;

/** @throws RangeError when there are more fields than there should be */
function lastField(message: Buffer, number: number) {
  let last;
  let count = 0;
  for (const field of protobufFields(message)) {
    if (++count > MAX_FIELDS) {
      throw new RangeError('there are too many fields');
    }
    if (field.number === number) {
      last = field;
    }
  }
  return last;
}

/**
 * Reads the envelope of `application/vnd.kubernetes.protobuf`.
 *
 * @param body - a whole body or the first bytes of one
 * @param totalBytes - of the whole body
 * @returns undefined when it is something else, or says more than it has
 */
export function protobufEnvelope(
  body: Buffer,
  totalBytes = body.length,
): ProtobufEnvelope | undefined {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) {
    return undefined;
  }
  const message = body.subarray(MAGIC.length);
  try {
    // type_meta = 1 {api_version = 1, kind = 2}, raw = 2
    const typeMeta = lastField(message, 1);
    const raw = lastField(message, 2);
    if (!typeMeta || typeMeta.bytes.length !== typeMeta.declaredBytes) {
      return undefined;
    }
    const apiVersion = lastField(typeMeta.bytes, 1)?.bytes.toString() ?? '';
    const kind = lastField(typeMeta.bytes, 2)?.bytes.toString() ?? '';
    const contentBytes = raw?.declaredBytes ?? 0;
    return API_VERSION.test(apiVersion) &&
      KIND.test(kind) &&
      contentBytes < totalBytes
      ? {
          apiVersion,
          kind,
          content: raw?.bytes ?? Buffer.alloc(0),
          contentBytes,
        }
      : undefined;
  } catch {
    return undefined;
  }
}
