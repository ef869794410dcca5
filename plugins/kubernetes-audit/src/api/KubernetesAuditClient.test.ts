import { encodeRecordingMoment } from 'backstage-plugin-kubernetes-audit-common';
import { sampleRecording } from '../__testUtils__';
import { failureOf } from './failureOf';
import { KubernetesAuditClient } from './KubernetesAuditClient';

const BASE_URL = 'http://portal/api/kubernetes-audit';

function clientThatGets(response: Response) {
  const fetch = jest.fn(async (_url: unknown, _init?: RequestInit) => response);
  const client = KubernetesAuditClient.create({
    discoveryApi: { getBaseUrl: async id => `http://portal/api/${id}` },
    fetchApi: { fetch },
  });
  return { client, fetch };
}

describe('KubernetesAuditClient', () => {
  it('asks for a page with what bounds it and nothing else', async () => {
    const { client, fetch } = clientThatGets(Response.json({ items: [] }));
    await client.listEvents({
      search: 'a&b',
      from: undefined,
      filter: { verb: 'get' },
      limit: 1,
    });
    const url = new URL(String(fetch.mock.calls[0][0]));
    expect(url.origin + url.pathname).toBe(`${BASE_URL}/v1/events`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      search: 'a&b',
      limit: '1',
      filter: '{"verb":"get"}',
    });
  });

  it('keeps an id within its path segment', async () => {
    const { client, fetch } = clientThatGets(Response.json({}));
    await client.getEvent('../recordings/1?x');
    expect(fetch.mock.calls[0][0]).toBe(
      `${BASE_URL}/v1/events/..%2Frecordings%2F1%3Fx`,
    );
  });

  it('sends the code of a command line in the body only', async () => {
    const { client, fetch } = clientThatGets(new Response(null));
    await client.decideLogin('WDJB-MJHT', 'approve');
    const [url, init] = fetch.mock.calls[0];
    expect(url).toBe(`${BASE_URL}/v1/access/logins/approve`);
    expect(init).toMatchObject({
      method: 'POST',
      body: '{"userCode":"WDJB-MJHT"}',
    });
  });

  it("reads a page of a user's credentials, or of all, and takes one back", async () => {
    const { client, fetch } = clientThatGets(Response.json({ items: [] }));
    expect(
      await client.listCredentials({
        user: 'user:default/jane',
        state: 'valid',
        search: '',
        limit: 5,
      }),
    ).toEqual({ items: [] });
    await client.revokeCredential('a/b');
    expect(
      fetch.mock.calls.map(([url, init]) => [init?.method ?? 'GET', url]),
    ).toEqual([
      [
        'GET',
        `${BASE_URL}/v1/access/credentials?user=user%3Adefault%2Fjane&state=valid&limit=5`,
      ],
      ['DELETE', `${BASE_URL}/v1/access/credentials/a%2Fb`],
    ]);
  });

  it('lists join tokens, and takes them and agents back by their names', async () => {
    const { client, fetch } = clientThatGets(Response.json({ items: [] }));
    expect(await client.listJoinTokens()).toEqual([]);
    await client.revokeJoinToken('a/b');
    await client.revokeTunnelAgent('edge.1');
    expect(
      fetch.mock.calls.map(([url, init]) => [init?.method ?? 'GET', url]),
    ).toEqual([
      ['GET', `${BASE_URL}/v1/tunnels/tokens`],
      ['DELETE', `${BASE_URL}/v1/tunnels/tokens/a%2Fb`],
      ['DELETE', `${BASE_URL}/v1/tunnels/edge.1`],
    ]);
  });

  it("fails with the portal's own error", async () => {
    const body = {
      error: { name: 'NotAllowedError', message: 'ask your administrator' },
      response: { statusCode: 403 },
    };
    const { client } = clientThatGets(Response.json(body, { status: 403 }));
    const error = await client.getRecording('1').catch(e => e);
    expect(error.name).toBe('ResponseError');
    expect(failureOf(error)).toEqual({
      kind: 'denied',
      message: 'ask your administrator',
    });
  });

  it('hears how much of an opened recording has arrived', async () => {
    const recording = sampleRecording();
    const bytes = encodeRecordingMoment({
      recording,
      moment: { chunks: [{ index: 0, bytes: Uint8Array.of(1, 2, 3) }] },
    });
    const { client, fetch } = clientThatGets(
      new Response(
        new ReadableStream({
          start(controller) {
            controller.enqueue(bytes.slice(0, 5));
            controller.enqueue(bytes.slice(5, 100));
            controller.enqueue(bytes.slice(100));
            controller.close();
          },
        }),
      ),
    );
    const progress: number[] = [];
    const opened = await client.openRecording('1', 7, {
      onProgress: share => progress.push(share),
    });
    expect(fetch.mock.calls[0][0]).toBe(
      `${BASE_URL}/v1/recordings/1/opening?t=7`,
    );
    expect(opened.recording).toEqual(JSON.parse(JSON.stringify(recording)));
    expect([...opened.moment.chunks[0].bytes]).toEqual([1, 2, 3]);
    expect(progress.slice(1)).toEqual([100 / bytes.length, 1]);
  });

  it('asks for a moment, and for the text of one', async () => {
    const { client, fetch } = clientThatGets(
      new Response(encodeRecordingMoment({ moment: { chunks: [] } })),
    );
    const moment = await client.getRecordingMoment('7', 1_500_000);
    expect(moment).toEqual({ keyframe: undefined, chunks: [] });
    expect(fetch.mock.calls[0][0]).toBe(
      `${BASE_URL}/v1/recordings/7/moment?t=1500000`,
    );
    fetch.mockResolvedValueOnce(Response.json({}));
    await client.getRecordingText('7', { search: 'rm -rf', limit: 5 });
    expect(fetch.mock.calls[1][0]).toBe(
      `${BASE_URL}/v1/recordings/7/text?search=rm+-rf&limit=5`,
    );
    fetch.mockResolvedValueOnce(Response.json({}));
    await client.getRecordingTimeline('7');
    expect(fetch.mock.calls[2][0]).toBe(`${BASE_URL}/v1/recordings/7/timeline`);
  });

  it('names a download as the portal does', async () => {
    const { client } = clientThatGets(
      new Response('x', {
        headers: { 'content-disposition': 'attachment; filename="jane.cast"' },
      }),
    );
    const { blob, fileName } = await client.downloadRecording('1', 'v2');
    expect(fileName).toBe('jane.cast');
    expect(blob.size).toBe(1);
  });

  it('sends the password of an export in the body only', async () => {
    const { client, fetch } = clientThatGets(new Response('PK'));
    const { fileName } = await client.exportRecording('7', {
      password: 'secret',
      format: 'v2',
    });
    expect(fileName).toBe('7.zip');
    expect(fetch.mock.calls[0][0]).toBe(`${BASE_URL}/v1/recordings/7/export`);
    expect(fetch.mock.calls[0][1]).toMatchObject({
      method: 'POST',
      body: '{"password":"secret","format":"v2"}',
    });
  });

  it('asks for the events of a file as for those of a page, and counts what comes', async () => {
    const { client, fetch } = clientThatGets(
      new Response('No,Executed At\r\n', {
        headers: { 'content-disposition': 'attachment; filename="a.csv"' },
      }),
    );
    const selection = { search: 'a&b', filter: { verb: 'get' } };
    const progress: number[] = [];
    const { blob, fileName } = await client.downloadEvents(selection, 'csv', {
      onProgress: received => progress.push(received),
    });
    expect(fileName).toBe('a.csv');
    expect(blob.size).toBe(16);
    expect(progress).toEqual([16]);
    const url = new URL(String(fetch.mock.calls[0][0]));
    expect(url.pathname).toMatch(/\/v1\/events\/export$/);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      search: 'a&b',
      filter: '{"verb":"get"}',
      format: 'csv',
    });

    fetch.mockResolvedValueOnce(new Response('PK'));
    const request = { password: 'secret', format: 'jsonl' } as const;
    await client.exportEvents(selection, request);
    expect(String(fetch.mock.calls[1][0])).not.toContain('secret');
    expect(fetch.mock.calls[1][1]).toMatchObject({
      method: 'POST',
      body: JSON.stringify(request),
    });
  });
});
