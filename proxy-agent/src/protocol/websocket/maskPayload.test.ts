import fc from 'fast-check';
import { maskPayload } from './maskPayload';

it('masks every byte with the key, wherever the slice begins', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.nat(7),
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.nat(1000),
      (bytes, offset, key, position) => {
        // An offset, so that the input is not aligned as the output is.
        const input = Buffer.concat([Buffer.alloc(offset), bytes]);
        const masked = maskPayload(input.subarray(offset), key, position);
        const expected = bytes.map((byte, i) => byte ^ key[(position + i) % 4]);
        expect(masked.equals(expected)).toBe(true);
        expect(input.subarray(offset).equals(bytes)).toBe(true);
      },
    ),
  );
});
