import { gzipSync } from 'node:zlib';
import { statusMessage } from './statusMessage';

const status = (message: string) =>
  Buffer.from(
    JSON.stringify({ kind: 'Status', apiVersion: 'v1', message, code: 409 }),
  );

function protobufField(number: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
}

const protobuf = (kind: string, message: string) =>
  Buffer.concat([
    Buffer.from('k8s\0'),
    protobufField(
      1,
      Buffer.concat([protobufField(1, 'v1'), protobufField(2, kind)]),
    ),
    protobufField(
      2,
      Buffer.concat([
        protobufField(1, ''),
        protobufField(2, 'Failure'),
        protobufField(3, message),
        protobufField(4, 'AlreadyExists'),
        Buffer.from([6 * 8, 0x99, 0x03]),
      ]),
    ),
  ]);

describe('statusMessage', () => {
  it.each([
    ['JSON', status('pods "web" already exists')],
    ['gzip', gzipSync(status('pods "web" already exists'))],
    ['protobuf', protobuf('Status', 'pods "web" already exists')],
  ])('is the message of a Status in %s', (_, body) => {
    expect(statusMessage(body, 'Conflict')).toBe('pods "web" already exists');
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['plain text', Buffer.from('upstream said no')],
    ['an empty message', status('')],
    ['a part of a Status', status('a message').subarray(0, 50)],
    ['a part of a gzip file', gzipSync(status('a message')).subarray(0, 20)],
    ['a gzip bomb', gzipSync(Buffer.alloc(10_000_000))],
    ['protobuf of another kind', protobuf('Pod', 'web')],
    [
      'protobuf of which a part is missing',
      protobuf('Status', 'w').subarray(9),
    ],
  ])('is the reason phrase for %s', (_, body) => {
    expect(statusMessage(body, 'Bad Gateway')).toBe('Bad Gateway');
  });

  it('leaves out what an API server quotes of the body', () => {
    const message =
      'Secret in version "v1" cannot be handled as a Secret: v1.Secret.Data: ' +
      'base64Codec: invalid input, error found in #10 byte of ' +
      '...|sword":"hunter2"},"ki|..., bigger context ' +
      '...|{"data":{"password":"hunter2"},\n"kind":"Secret"|...';
    const shown = statusMessage(status(message), 'Bad Request');
    expect(shown).toMatch(/^Secret in version "v1" cannot be handled/);
    expect(shown).toMatch(/error found in #10 byte of \[redacted\]$/);
    expect(shown).not.toContain('hunter2');
  });

  it('has no NUL', () => {
    expect(statusMessage(status('a\0b'), '')).toBe('a\ufffdb');
  });

  it('is of bounded length', () => {
    expect(statusMessage(status('x'.repeat(9000)), '')).toHaveLength(4096);
  });
});
