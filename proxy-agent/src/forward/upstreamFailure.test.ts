import { upstreamFailure } from './upstreamFailure';

const failure = (code: string, message = 'in the words of Node') =>
  Object.assign(new Error(message), { code });

describe('upstreamFailure', () => {
  it.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', /by an authority that is not trusted$/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /that is not trusted$/],
    ['CERT_HAS_EXPIRED', /its certificate has expired$/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /certificate is for another host name$/],
    ['ECONNREFUSED', /it refuses connections$/],
    ['ETIMEDOUT', /the connection timed out$/],
    ['ENOTFOUND', /its host name is not known to the DNS$/],
    [
      'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
      /it does not accept the client certificate that it was shown$/,
    ],
    ['ENEW', /in the words of Node$/],
  ])('says what %s means', (code, meaning) => {
    const call = { sent: false, changing: true };
    expect(upstreamFailure('prod', failure(code), call)).toMatch(meaning);
  });

  it('says once what happened at each address of a host', () => {
    const error = new AggregateError([
      failure('ECONNREFUSED'),
      failure('ECONNREFUSED'),
      failure('EHOSTUNREACH'),
    ]);
    expect(
      upstreamFailure('prod', error, { sent: false, changing: false }),
    ).toBe(
      'the API server of cluster "prod" cannot be reached: it refuses connections; there is no route to it',
    );
  });

  it('tells that a call that was sent may have changed something', () => {
    expect(
      upstreamFailure('prod', failure('ECONNRESET'), {
        sent: true,
        changing: true,
      }),
    ).toBe(
      'the API server of cluster "prod" did not answer, but may have carried out the call: the connection broke',
    );
  });
});
