import fc from 'fast-check';
import { codeOf, cut } from '../testing/cuts';
import { Base64Decoder } from './Base64Decoder';

function decode(chunks: Buffer[]): Buffer {
  const decoder = Base64Decoder.create();
  const output = Buffer.concat(chunks.map(chunk => decoder.decode(chunk)));
  decoder.end();
  return output;
}

const cutPlaces = fc.array(fc.nat(), { maxLength: 12 });

describe('Base64Decoder', () => {
  it('decodes any bytes, with line ends, however they are cut', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(80),
        cutPlaces,
        (bytes, width, places) => {
          const text = Buffer.from(bytes).toString('base64');
          const lines = text.replace(
            new RegExp(`.{${width + 1}}`, 'g'),
            '$&\r\n',
          );
          const decoded = decode(cut(Buffer.from(lines), places));
          expect(decoded.equals(bytes)).toBe(true);
        },
      ),
    );
  });

  it.each([
    'A',
    'AA',
    'AAA',
    'AA=',
    'A===',
    '====',
    'AA==AA==',
    'AA=A',
    'AAA==',
  ])('refuses %j', text => {
    expect(codeOf(() => decode([Buffer.from(text)]))).toBe('invalid_encoding');
  });

  it.each(['AA-_', 'AA A', 'AA\0A', 'AAé'])(
    'refuses the alphabet of %j',
    text =>
      expect(codeOf(() => decode([Buffer.from(text)]))).toBe(
        'invalid_encoding',
      ),
  );
});
