import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { StoredRequestAuditEvent } from 'backstage-plugin-kubernetes-audit-common';
import { WebhookSink } from './WebhookSink';

const NOW = Date.UTC(2026, 10, 22, 10);
const EVENT: StoredRequestAuditEvent = {
  number: 1,
  sequence: 1,
  agentId: 'demo-proxy',
  id: '019aa000-0000-7000-8000-000000000001',
  executedAt: '2026-11-22T10:00:00.000Z',
  result: 'success',
  message: 'OK',
  userName: 'Jürgen',
  clientIp: '127.0.0.1',
  clusterName: 'demo',
  verb: 'list',
  resource: 'pods',
  requestUri: '/api/v1/pods',
  connectedFrom: 'Proxy',
};

describe('WebhookSink', () => {
  async function setUp(status: number, headers: Record<string, string> = {}) {
    const received: { headers: IncomingHttpHeaders; body: string }[] = [];
    const server = createServer(async (request, response) => {
      received.push({ headers: request.headers, body: await text(request) });
      response.writeHead(status, headers).end('x');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return {
      received,
      sink: WebhookSink.create({
        url: `http://127.0.0.1:${port}/hook`,
        secret: 'shared',
        now: () => NOW,
      }),
      stop: async () => {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      },
    };
  }

  it('posts a batch with a signature of time and body', async () => {
    const { received, sink, stop } = await setUp(204);
    await sink.publish([EVENT]);
    const [{ headers, body }] = received;
    expect(JSON.parse(body)).toEqual({ events: [EVENT] });
    expect(headers['x-audit-timestamp']).toBe(`${NOW / 1000}`);
    expect(headers['x-audit-signature']).toBe(
      `sha256=${createHmac('sha256', 'shared')
        .update(`${NOW / 1000}.`)
        .update(Buffer.from(body))
        .digest('hex')}`,
    );
    await stop();
  });

  it('fails when the receiver does not take the batch', async () => {
    const { sink, stop } = await setUp(503);
    await expect(sink.publish([EVENT])).rejects.toThrow(
      'the webhook answered 503',
    );
    await stop();
  });

  it('follows nobody to another place', async () => {
    const { received, sink, stop } = await setUp(307, { location: '/other' });
    await expect(sink.publish([EVENT])).rejects.toThrow();
    expect(received).toHaveLength(1);
    await stop();
  });
});
