import fc from 'fast-check';
import { RequestBodyCapture } from './RequestBodyCapture';

describe('RequestBodyCapture', () => {
  it('keeps a body up to its limit, in whatever chunks it comes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 50 }).map(Buffer.from)),
        fc.integer({ min: 1, max: 400 }),
        (chunks, limit) => {
          const capture = RequestBodyCapture.create(limit);
          chunks.forEach(chunk => capture.push(chunk));
          const whole = Buffer.concat(chunks);
          expect(capture.size).toBe(whole.length);
          expect(capture.content()).toEqual(
            whole.length > limit ? undefined : whole,
          );
        },
      ),
    );
  });

  it('has the beginning of a longer body, in whatever chunks it comes', () => {
    const body = Buffer.from(
      JSON.stringify({ name: 'web', text: 'x'.repeat(3000) }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.nat(body.length), { maxLength: 6 }),
        fc.integer({ min: 1, max: body.length - 1 }),
        (cuts, limit) => {
          const capture = RequestBodyCapture.create(limit);
          const ends = [0, ...cuts.sort((a, b) => a - b), body.length];
          ends
            .slice(1)
            .forEach((end, i) => capture.push(body.subarray(ends[i], end)));
          expect(capture.content()).toBeUndefined();
          expect(capture.beginning()).toEqual({
            value: JSON.parse(body.toString()),
            isWhole: true,
          });
          const head = capture.head();
          expect(head.length).toBeGreaterThanOrEqual(Math.min(limit, 1024));
          expect(body.indexOf(head)).toBe(0);
        },
      ),
    );
  });

  it('leaves the chunks that it was given as they are', () => {
    const chunks = [Buffer.from('{"a":'), Buffer.from('1}')];
    const capture = RequestBodyCapture.create(100);
    chunks.forEach(chunk => capture.push(chunk));
    expect(chunks.map(String)).toEqual(['{"a":', '1}']);
  });

  it('only counts with a limit of 0', () => {
    const capture = RequestBodyCapture.create(0);
    capture.push(Buffer.from('{}'));
    expect(capture.size).toBe(2);
    expect(capture.content()).toBeUndefined();
    expect(capture.beginning()).toBeUndefined();
    expect(capture.head()).toHaveLength(0);
  });
});
