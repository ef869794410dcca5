import { protobufEnvelope } from './protobufEnvelope';

// `kubectl create secret generic s -n dev --from-literal=key=value`, 1.32
const SECRET = Buffer.from(
  '6b3873000a0c0a027631120653656372657412260a140a0173' +
    '12001a036465762200' +
    '2a00320038004200120c0a036b6579120576616c75651a00' +
    '1a002200',
  'hex',
);

describe('protobufEnvelope', () => {
  it('tells what is inside, and how much', () => {
    expect(protobufEnvelope(SECRET)).toMatchObject({
      apiVersion: 'v1',
      kind: 'Secret',
      contentBytes: 38,
    });
  });

  it('needs no more than the first bytes', () => {
    expect(
      protobufEnvelope(SECRET.subarray(0, 24), SECRET.length),
    ).toMatchObject({ apiVersion: 'v1', kind: 'Secret', contentBytes: 38 });
  });

  it('never fails, however the bytes are cut or changed', () => {
    for (let i = 0; i < SECRET.length; i++) {
      expect(() => protobufEnvelope(SECRET.subarray(0, i))).not.toThrow();
      for (const byte of [0x00, 0x7f, 0x80, 0xff]) {
        const changed = Buffer.from(SECRET);
        changed[i] = byte;
        expect(() => protobufEnvelope(changed)).not.toThrow();
      }
    }
  });

  it('is none with more fields than an envelope has', () => {
    const fields = Buffer.alloc(2 * 1000, Buffer.from('2200', 'hex'));
    const body = Buffer.concat([SECRET, fields]);
    expect(protobufEnvelope(SECRET)).toBeDefined();
    expect(protobufEnvelope(body)).toBeUndefined();
  });

  it.each([
    ['other bytes', '7b7d'],
    ['nothing inside', '6b387300'],
    ['a type that is cut off', '6b3873000a0c0a0276311206'],
    ['more content than there are bytes', '6b3873000a060a0276311200127f'],
    ['a kind that is no name', '6b3873000a0b0a0276311205612062200a'],
    ['a length without an end', '6b3873000affffffffffffffffffff01'],
    ['an unknown wire type', '6b3873000d00000000'],
  ])('takes no %s', (_, hex) => {
    expect(protobufEnvelope(Buffer.from(hex, 'hex'))).toBeUndefined();
  });
});
