/** A field of a message: its number, its bytes as far as they are there, and how many it declares; 0 bytes for a number. */
export type ProtobufField = {
  number: number;
  bytes: Buffer;
  declaredBytes: number;
};

/** A longer varint has a value that no length and no tag here has, in bytes. */
const MAX_VARINT_BYTES = 10;
const VARINT = 0;
const LENGTH_DELIMITED = 2;

/**
 * The fields of a protobuf message, which may be cut off: varints and
 * length-delimited ones, as those of Kubernetes' envelope and Status are.
 *
 * @throws RangeError for any other wire type and for a varint without an end
 */
export function* protobufFields(message: Buffer): Iterable<ProtobufField> {
  let offset = 0;
  const varint = (): number | undefined => {
    let value = 0;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      if (offset === message.length) {
        return undefined;
      }
      const byte = message[offset++];
      value += (byte % 128) * 2 ** (7 * i);
      if (byte < 128) {
        return value;
      }
    }
    throw new RangeError('a varint has no end');
  };
  while (offset < message.length) {
    const tag = varint();
    const value = varint();
    if (tag === undefined || value === undefined) {
      return;
    }
    const number = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (wireType === VARINT) {
      yield { number, bytes: message.subarray(0, 0), declaredBytes: 0 };
    } else if (wireType === LENGTH_DELIMITED) {
      const bytes = message.subarray(offset, offset + value);
      yield { number, bytes, declaredBytes: value };
      offset += value;
    } else {
      throw new RangeError(`a field has the wire type ${wireType}`);
    }
  }
}
