import { decodeProtobuf } from './decodeProtobuf';

// `kubectl create secret generic s -n dev --from-literal=key=value`, 1.32
const SECRET =
  '6b3873000a0c0a027631120653656372657412260a140a0173' +
  '12001a036465762200' +
  '2a00320038004200120c0a036b6579120576616c75651a00' +
  '1a002200';

// `kubectl create ns made`, 1.32
const NAMESPACE =
  '6b3873000a0f0a02763112094e616d657370616365121c0a14' +
  '0a046d61646512001a0022002a003200380042001200' +
  '1a020a001a002200';

describe('decodeProtobuf', () => {
  it('reads a Secret with its data as base64', () => {
    expect(decodeProtobuf(Buffer.from(SECRET, 'hex'))).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace: 'dev' },
      data: { key: Buffer.from('value').toString('base64') },
    });
  });

  it('leaves out what is empty', () => {
    expect(decodeProtobuf(Buffer.from(NAMESPACE, 'hex'))).toEqual({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'made' },
    });
  });

  it.each([
    ['another format', Buffer.from('{"kind":"Secret"}')],
    ['another kind', Buffer.from('k8s\0\x0a\x05\x12\x03Job')],
  ])('refuses %s', (_, body) => {
    expect(() => decodeProtobuf(body)).toThrow(
      expect.objectContaining({ code: 415 }),
    );
  });
});
