import { createMockDirectory } from '@backstage/backend-test-utils';
import { jwtVerify } from 'jose';
import { jwks, startAccess } from '../__testUtils__/startAccess';
import { agentHeaders, BASE, userHeaders } from '../__testUtils__/startPlugin';

jest.setTimeout(60_000);

type Backend = Awaited<ReturnType<typeof startAccess>>;

/** As a command line calls that nobody has signed in. */
const ANONYMOUS = { authorization: 'Bearer mock-none-token' };

const call = ({ api }: Backend, path: string, body: object) =>
  api.post(`${BASE}/v1/login/${path}`).set(ANONYMOUS).send(body);

const decide = (
  { api }: Backend,
  what: string,
  userCode: string,
  headers: Record<string, string> = userHeaders('jane'),
) =>
  api.post(`${BASE}/v1/access/logins/${what}`).set(headers).send({ userCode });

describe('login routes', () => {
  const directory = createMockDirectory();
  const start = () => startAccess({ recordings: directory.path });

  it('sign a command line in that nobody knows yet, and renew it', async () => {
    const backend = await start();
    const begun = await call(backend, 'device', { hostName: 'laptop' });
    expect(begun.status).toBe(200);
    expect(begun.headers['cache-control']).toBe('no-store');
    const { deviceCode, userCode } = begun.body;
    const found = await decide(backend, 'find', userCode.toLowerCase());
    expect(found.body).toMatchObject({
      userCode,
      hostName: 'laptop',
      clientIp: '127.0.0.1',
      isSameAddress: true,
    });
    expect((await decide(backend, 'approve', userCode)).status).toBe(204);
    const { body } = await call(backend, 'token', { deviceCode });
    const { payload } = await jwtVerify(body.token, await jwks(backend));
    expect(payload).toMatchObject({
      sub: 'user:default/jane',
      aud: 'default',
    });
    const { renewalSecret } = body;
    const renewed = await call(backend, 'token', { renewalSecret });
    expect(renewed.body.state).toBe('granted');
    await call(backend, 'end', renewed.body).expect(400);
    await call(backend, 'end', {
      renewalSecret: renewed.body.renewalSecret,
    }).expect(200);
    const over = await call(backend, 'token', {
      renewalSecret: renewed.body.renewalSecret,
    });
    expect(over.body).toEqual({ state: 'expired' });

    expect(
      backend.audited.map(({ eventId, status }) => [eventId, status]),
    ).toEqual(
      [
        'login-find',
        'login-approve',
        'login-issue',
        'login-renew',
        'login-end',
      ].map(eventId => [eventId, 'succeeded']),
    );
    const told = JSON.stringify(backend.audited.map(({ meta }) => meta));
    expect(told).toContain('laptop');
    for (const secret of [userCode, deviceCode, renewalSecret, body.token]) {
      expect(told).not.toContain(secret);
    }
  });

  it('let users alone approve, and take nothing but what is described', async () => {
    const backend = await start();
    const { body } = await call(backend, 'device', { hostName: 'laptop' });
    const { userCode } = body;
    const approve = (headers: Record<string, string>) =>
      decide(backend, 'approve', userCode, headers);
    expect((await approve(ANONYMOUS)).status).toBe(401);
    expect((await approve(agentHeaders())).status).toBe(403);
    expect((await decide(backend, 'find', 'BBBB-BBBB')).status).toBe(404);
    expect((await decide(backend, 'find', 'AEIO-UAEI')).status).toBe(400);
    for (const hostName of ['', 'a<b', 'x'.repeat(65), 7]) {
      await call(backend, 'device', { hostName }).expect(400);
    }
    await call(backend, 'token', { deviceCode: 'x', more: 1 }).expect(400);
  });

  it('are limited for each address', async () => {
    const backend = await start();
    for (let i = 0; i < 240; i++) {
      await call(backend, 'token', { deviceCode: 'x' }).expect(200);
    }
    const { status } = await call(backend, 'token', { deviceCode: 'x' });
    expect(status).toBe(429);
  });
});
