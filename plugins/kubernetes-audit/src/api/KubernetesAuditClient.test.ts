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

  it('hears of the bytes of a chunk as they arrive', async () => {
    const { client } = clientThatGets(
      new Response(
        new ReadableStream({
          start(controller) {
            controller.enqueue(Uint8Array.of(1, 2));
            controller.enqueue(Uint8Array.of(3));
            controller.close();
          },
        }),
      ),
    );
    const progress: number[] = [];
    const chunk = await client.getRecordingChunk('1', 0, {
      onProgress: bytes => progress.push(bytes),
    });
    expect([...chunk]).toEqual([1, 2, 3]);
    expect(progress).toEqual([2, 3]);
  });

  it('asks for the keyframe and the text of a moment', async () => {
    const { client, fetch } = clientThatGets(Response.json({}));
    await client.getRecordingKeyframe('7', 1_500_000);
    expect(fetch.mock.calls[0][0]).toBe(
      `${BASE_URL}/v1/recordings/7/keyframe?t=1500000`,
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
});
