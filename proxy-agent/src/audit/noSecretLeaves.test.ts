import fc from 'fast-check';
import {
  Encoding,
  encodings,
  formsOf,
  inPatch,
  podsUrl,
  shuffled,
  twoSecrets,
  withKind,
  withoutKind,
} from './__testUtils__/secretBodies';
import { describeBody } from './describeBody';
import { RequestBodyCapture } from './RequestBodyCapture';
import type { BodyResource } from './sensitiveKinds';

const WHOLE = 3 * 1024 * 1024;
/** A limit that every body here exceeds, in bytes. */
const STREAMED = 8;

function describeBytes(
  bytes: Buffer,
  cuts: number[],
  limit: number,
  encoding: Encoding,
  url: BodyResource,
): string {
  const capture = RequestBodyCapture.create(limit);
  const ends = cuts
    .map(cut => cut % bytes.length)
    .concat(0, bytes.length)
    .sort((a, b) => a - b);
  ends.slice(1).forEach((end, i) => capture.push(bytes.subarray(ends[i], end)));
  const { requestBody = '' } = describeBody(
    capture,
    encoding.contentType,
    url,
    encoding.contentEncoding,
  );
  return requestBody;
}

const cuts = fc.array(fc.nat(10_000), { maxLength: 5 });
const limit = fc.constantFrom(WHOLE, STREAMED);

describe('no secret leaves', () => {
  describe.each([
    ['an object that says its kind', withKind],
    ['a body whose URL says its kind', withoutKind],
    ['a JSON patch', inPatch],
  ])('in %s', (_, carriers) => {
    it.each(Object.entries(encodings))('as %s', (__, encoding) => {
      fc.assert(
        fc.property(
          carriers,
          twoSecrets,
          cuts,
          limit,
          ({ url, make }, secrets, at, bytes) => {
            const [shown, other] = secrets.map(secret =>
              describeBytes(
                encoding.encode(make(secret), secret),
                at,
                bytes,
                encoding,
                url,
              ),
            );
            // What is shown does not depend on the secret, so says nothing of it.
            expect(shown.replace(/\d+ bytes/, '')).toBe(
              other.replace(/\d+ bytes/, ''),
            );
            for (const form of formsOf(secrets[0])) {
              expect(shown).not.toContain(form);
            }
            expect(shown).not.toBe('');
          },
        ),
        { numRuns: 100 },
      );
    });
  });

  it('while the rest is shown', () => {
    const unreadable = ['protobuf', 'JSON with keys that come twice'];
    const readable = Object.entries(encodings)
      .filter(([name]) => !unreadable.includes(name))
      .map(([, encoding]) => encoding);
    fc.assert(
      fc.property(
        fc.oneof(withKind, withoutKind, inPatch),
        fc.constantFrom(...readable),
        cuts,
        ({ url, make }, encoding, at) => {
          const body = make('QXZJ');
          const text = JSON.stringify(body);
          fc.pre(text.length < 2000 && !text.includes('manifest'));
          expect(
            describeBytes(encoding.encode(body, 'Q'), at, WHOLE, encoding, url),
          ).toContain('visible');
        },
      ),
    );
  });

  it('while other objects are shown, however long', () => {
    const deployment = {
      kind: 'Deployment',
      metadata: { name: 'visible', annotations: { team: 'payments' } },
      spec: { template: { spec: { containers: [{ image: 'shell:1' }] } } },
    };
    fc.assert(
      fc.property(
        cuts,
        limit,
        fc.constantFrom('JSON', 'indented JSON', 'JSON as YAML'),
        shuffled(deployment),
        (at, bytes, name, order) => {
          const encoding = encodings[name];
          const body = encoding.encode(order(deployment), '');
          const shown = describeBytes(body, at, bytes, encoding, podsUrl);
          for (const part of ['visible', 'team: payments', 'shell:1']) {
            expect(shown).toContain(part);
          }
          expect(shown).not.toContain('redacted');
        },
      ),
    );
  });
});
