import { FRAME_TARGET_BYTES } from 'backstage-plugin-kubernetes-audit-common';
import { decodeSpoolRecords } from '../spool';
import { JournalBuffer } from './JournalBuffer';

const HEAD = Buffer.from('head:');

/** Adds a record with so many bytes behind its head. */
function add(buffer: JournalBuffer, bytes: number, fill: string): Buffer {
  return buffer.add([HEAD, Buffer.alloc(bytes, fill)]);
}

describe('JournalBuffer', () => {
  it('makes records, and gives all payloads in one piece, however it had to grow', () => {
    const buffer = JournalBuffer.create();
    const sizes = [0, 1, 3000, 5000, 40_000, 100_000, FRAME_TARGET_BYTES, 7];
    const expected: Buffer[] = [];
    sizes.forEach((bytes, i) => {
      const fill = String.fromCharCode(97 + i);
      const payload = Buffer.concat([HEAD, Buffer.alloc(bytes, fill)]);
      expected.push(payload);
      expect(decodeSpoolRecords(add(buffer, bytes, fill))).toMatchObject({
        payloads: [payload],
        damaged: false,
      });
    });
    const whole = Buffer.concat(expected);
    expect(buffer.payloadBytes).toBe(whole.length);
    expect(buffer.takePayloads().equals(whole)).toBe(true);
  });

  it('takes back what could not be written', () => {
    const buffer = JournalBuffer.create();
    add(buffer, 10, 'a');
    buffer.removeLast(add(buffer, 100_000, 'b'));
    add(buffer, 10, 'c');
    expect(buffer.takePayloads().toString()).toBe(
      `head:${'a'.repeat(10)}head:${'c'.repeat(10)}`,
    );
  });

  it('uses memory again only when it was released', () => {
    const [first, second] = [JournalBuffer.create(), JournalBuffer.create()];
    add(first, FRAME_TARGET_BYTES, 'a');
    const payloads = first.takePayloads();
    add(second, FRAME_TARGET_BYTES, 'b');
    expect(payloads.subarray(HEAD.length).every(byte => byte === 97)).toBe(
      true,
    );
    first.release();
    const third = JournalBuffer.create();
    add(third, FRAME_TARGET_BYTES, 'c');
    expect(payloads.buffer).toBe(third.takePayloads().buffer);
    expect(
      second.takePayloads().subarray(HEAD.length)[FRAME_TARGET_BYTES - 1],
    ).toBe(98);
  });
});
