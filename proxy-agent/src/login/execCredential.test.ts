import { execApiVersion, writeExecCredential } from './execCredential';

describe('the exec credential', () => {
  it.each([
    [undefined, 'client.authentication.k8s.io/v1'],
    ['v1', 'client.authentication.k8s.io/v1'],
    ['v1beta1', 'client.authentication.k8s.io/v1beta1'],
  ])('is of the version that kubectl asks for: %s', (asked, version) => {
    const info =
      asked &&
      JSON.stringify({
        kind: 'ExecCredential',
        apiVersion: `client.authentication.k8s.io/${asked}`,
        spec: { interactive: false },
      });
    expect(execApiVersion(info)).toBe(version);
  });

  it('is not of a version that is gone', () => {
    expect(() =>
      execApiVersion('{"apiVersion":"client.authentication.k8s.io/v1alpha1"}'),
    ).toThrow('v1alpha1');
  });

  it('has the token and when to ask anew', () => {
    const written = writeExecCredential({
      apiVersion: 'client.authentication.k8s.io/v1',
      token: 'x',
      askAnewAt: Date.parse('2026-11-22T02:00:00.123Z'),
    });
    expect(JSON.parse(written)).toEqual({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'x', expirationTimestamp: '2026-11-22T02:00:00Z' },
    });
  });
});
