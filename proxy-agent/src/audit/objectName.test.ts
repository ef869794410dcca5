import { objectName } from './objectName';
import { RequestBodyCapture } from './RequestBodyCapture';

function nameOf(body: string | Buffer): string | undefined {
  const capture = RequestBodyCapture.create(3 * 1024 * 1024);
  capture.push(Buffer.from(body));
  return objectName(capture);
}

const message = (number: number, content: Buffer) =>
  Buffer.concat([Buffer.from([number * 8 + 2, content.length]), content]);

describe('objectName', () => {
  it('reads the name of an object in JSON', () => {
    expect(nameOf('{"kind":"Pod","metadata":{"name":"web"}}')).toBe('web');
  });

  it('reads the name of an object in protobuf', () => {
    const typeMeta = Buffer.concat([
      message(1, Buffer.from('v1')),
      message(2, Buffer.from('ConfigMap')),
    ]);
    const object = message(1, message(1, Buffer.from('settings')));
    expect(
      nameOf(
        Buffer.concat([
          Buffer.from('k8s\0'),
          message(1, typeMeta),
          message(2, object),
        ]),
      ),
    ).toBe('settings');
  });

  it('reads the last of several names in protobuf, as an API server does', () => {
    const typeMeta = Buffer.concat([
      message(1, Buffer.from('v1')),
      message(2, Buffer.from('Pod')),
    ]);
    const metadata = (...names: string[]) =>
      message(
        1,
        Buffer.concat(names.map(name => message(1, Buffer.from(name)))),
      );
    const labels = message(1, message(11, Buffer.from('x')));
    expect(
      nameOf(
        Buffer.concat([
          Buffer.from('k8s\0'),
          message(1, typeMeta),
          message(
            2,
            Buffer.concat([metadata('web'), metadata('api', 'miner'), labels]),
          ),
        ]),
      ),
    ).toBe('miner');
  });

  it.each([
    ['a name that the server gives', '{"metadata":{"generateName":"web-"}}'],
    ['no object', '[1]'],
    ['no name', '{"metadata":{"name":7}}'],
    ['a name that is none', '{"metadata":{"name":"a\\nb"}}'],
    ['a key twice', '{"metadata":{"name":"web"},"metadata":{"labels":{}}}'],
    ['a cut body', '{"metadata":{"name":"web"'],
    ['nothing', ''],
  ])('has nothing to say of %s', (_, body) => {
    expect(nameOf(body)).toBeUndefined();
  });
});
