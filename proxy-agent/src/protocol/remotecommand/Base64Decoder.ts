import { ProtocolError } from '../ProtocolError';

const ALPHABET =
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const INVALID = 0xff;
const VALUES = new Uint8Array(256).fill(INVALID);
Array.from(ALPHABET).forEach((character, value) => {
  VALUES[character.charCodeAt(0)] = value;
});
const PADDING = '='.charCodeAt(0);
const CR = '\r'.charCodeAt(0);
const LF = '\n'.charCodeAt(0);

/**
 * Decodes one base64 text that comes in slices, as strictly as Go does on the
 * other side (RFC 4648 with padding; line ends are passed over): what it would
 * refuse must not be recorded as if it had been typed.
 */
export class Base64Decoder {
  private bits = 0;
  private characters = 0;
  private padding = 0;
  private finished = false;

  private constructor() {}

  static create(): Base64Decoder {
    return new Base64Decoder();
  }

  /** @throws ProtocolError */
  decode(slice: Buffer): Buffer {
    const output = Buffer.allocUnsafe(Math.ceil((slice.length * 3) / 4) + 3);
    let length = 0;
    for (const byte of slice) {
      if (byte === CR || byte === LF) {
        continue;
      }
      if (byte === PADDING) {
        // The fourth character of a group, or the third with one more to come.
        if (this.finished || this.characters < 2) {
          throw invalid();
        }
        this.padding++;
        this.bits <<= 6;
      } else {
        const value = VALUES[byte];
        if (value === INVALID || this.padding > 0) {
          throw invalid();
        }
        this.bits = (this.bits << 6) | value;
      }
      this.characters++;
      if (this.characters === 4) {
        output.writeUIntBE(this.bits, length, 3);
        length += 3 - this.padding;
        this.bits = 0;
        this.characters = 0;
        this.finished = this.padding > 0;
      }
    }
    return output.subarray(0, length);
  }

  /**
   * The text is over.
   *
   * @throws ProtocolError if it ends inside a group of four
   */
  end(): void {
    if (this.characters > 0) {
      throw invalid();
    }
  }
}

function invalid(): ProtocolError {
  return new ProtocolError('invalid_encoding', 'Message is not base64');
}
