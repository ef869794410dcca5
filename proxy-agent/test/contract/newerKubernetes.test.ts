// What a Kubernetes from 1.30 on does, and what its add-ons and controllers do:
// WebSocket sessions of v5, port-forwarding tunnelled through WebSocket,
// ephemeral containers, metrics, roll-outs. The real cluster that the tests can
// start is a 1.20 of API server and kubelet alone, which has none of that. So
// what an API server and a kubectl of 1.32 said to each other was captured, and
// is said again here through the proxy, byte for byte. Where no capture exists,
// the requests are those that kubectl sends.

import { zstdDecompressSync } from 'node:zlib';
import {
  decodeFrames,
  decodeRecordingEvents,
  RecordingHeader,
  SpoolRecord,
} from 'backstage-plugin-kubernetes-audit-common';
import { createRemoteCommandTap } from '../../src/protocol';
import {
  bytesFrom,
  Capture,
  headerOf,
  readCapture,
} from '../captures/readCapture';
import { until } from '../TestProxy';
import { Contract } from './Contract';
import { decodeChunks } from './decodeChunks';
import { rawAnswer } from './RawApiServer';
import { RawConnection } from './RawConnection';

const NAMESPACE = '/api/v1/namespaces/dev';

describe('kubectl 1.32 and an API server 1.32', () => {
  let contract: Contract;

  beforeEach(async () => {
    contract = await Contract.start();
  });
  afterEach(async () => await contract.stop());

  /** Says what was captured, at a path of choice, each side when it is its turn. */
  const replay = async (
    capture: Capture,
    path = capture.request.split(' ')[1],
  ) => {
    const [, ...lines] = capture.request.split('\r\n');
    const headers = lines.filter(line => !/^Host:/i.test(line));
    const index = contract.api.connections.length;
    const client = await contract.send('GET', path, headers);
    const upstream = await contract.api.connection(index);
    const start = {
      server: (await upstream.receives('\r\n\r\n')).length,
      client: 0,
    };
    const head = upstream.text;
    upstream.write(`${capture.response}\r\n\r\n`);
    start.client = (await client.receives('\r\n\r\n')).length;
    const got = { client: 0, server: 0 };
    for (const { from, data } of capture.chunks) {
      const [writer, reader, side] =
        from === 'client'
          ? ([client, upstream, 'server'] as const)
          : ([upstream, client, 'client'] as const);
      writer.write(data);
      got[side] += data.length;
      await until(
        () => reader.bytes.length === start[side] + got[side],
        `the ${data.length} bytes of the ${from}`,
      );
    }
    const heard = {
      head,
      answer: client.text.slice(0, start.client),
      fromServer: client.bytes.subarray(start.client),
      fromClient: upstream.bytes.subarray(start.server),
    };
    upstream.end();
    client.end();
    await client.isClosed();
    return heard;
  };

  const sessionRows = async (): Promise<[SpoolRecord, SpoolRecord]> => {
    const rows = () =>
      contract.portal.events().filter(({ sessionId }) => sessionId);
    await until(() => rows().length === 2, 'both rows of the session');
    const [start, end] = rows();
    expect(end.sessionId).toBe(start.sessionId);
    return [start, end];
  };
  const recordingOf = async (id = '') => {
    await until(() => contract.portal.completions.has(id), 'the recording');
    const events = [...contract.portal.chunks]
      .filter(([key]) => key.startsWith(`${id}/`))
      .flatMap(([, chunk]) => decodeFrames(chunk))
      .flatMap(({ body, header }) =>
        decodeRecordingEvents(zstdDecompressSync(body), header.firstTime),
      );
    const textOf = (type: string) =>
      Buffer.concat(
        events.filter(event => event.type === type).map(({ data }) => data),
      ).toString();
    return {
      header: JSON.parse(textOf('header')) as RecordingHeader,
      output: textOf('output'),
    };
  };

  it('exec over WebSocket v5, with the end of stdin as a message on channel 255', async () => {
    const capture = readCapture('server-1.32.ws-exec-i.002');
    expect(
      createRemoteCommandTap({
        transport: 'websocket',
        subprotocol: 'v5.channel.k8s.io',
      }).pushFromClient(bytesFrom(capture, 'client')),
    ).toContainEqual({ type: 'stdinClosed' });
    const heard = await replay(capture);
    expect(heard.head).toContain(
      '\r\nSec-WebSocket-Protocol: v5.channel.k8s.io\r\n',
    );
    expect(heard.head).toContain('\r\nKubectl-Command: kubectl exec\r\n');
    expect(heard.answer).toContain(
      headerOf(capture.response, 'Sec-WebSocket-Accept'),
    );
    expect(heard.fromClient.equals(bytesFrom(capture, 'client'))).toBe(true);
    expect(heard.fromServer.equals(bytesFrom(capture, 'server'))).toBe(true);

    const [start, end] = await sessionRows();
    expect(start).toMatchObject({
      verb: 'create',
      resource: 'pods/exec',
      resourceName: 'web',
      clientName: 'kubectl/v1.32.4',
      result: 'success',
      statusCode: 101,
    });
    expect(end.message).toMatch(/, exit code 0: the command ended$/);
    const recording = await recordingOf(start.recordingId);
    expect(recording.output).toBe('hello\n');
    expect(recording.header).toMatchObject({
      command: ['cat'],
      container: 'main',
      tty: false,
    });
  });

  it('port-forward, SPDY in messages of WebSocket', async () => {
    const capture = readCapture('server-1.32.pf-ws.002');
    const heard = await replay(capture);
    const protocol = '\r\nSec-WebSocket-Protocol: SPDY/3.1+portforward.k8s.io';
    expect(heard.head).toContain(protocol);
    expect(heard.answer).toContain(protocol);
    expect(heard.fromClient.equals(bytesFrom(capture, 'client'))).toBe(true);
    expect(heard.fromServer.equals(bytesFrom(capture, 'server'))).toBe(true);

    const [start, end] = await sessionRows();
    for (const row of [start, end]) {
      expect(row).toMatchObject({
        verb: 'create',
        resource: 'pods/portforward',
        resourceName: 'web',
        result: 'success',
      });
      expect(row).not.toHaveProperty('recordingId');
    }
    expect(contract.portal.chunks.size).toBe(0);
  });

  /** A call of kubectl and the answer to it. */
  const call = async (
    request: {
      method: string;
      path: string;
      headers?: string[];
      body?: string;
    },
    answer: string,
    options: { contentType?: string } = {},
  ): Promise<{ client: RawConnection; upstream: RawConnection }> => {
    const { method, path, headers = [], body = '' } = request;
    const before = contract.api.requestCount;
    const client = await contract.send(
      method,
      path,
      [
        'User-Agent: kubectl/v1.32.4 (linux/amd64) kubernetes/4cb5f07',
        ...(body
          ? [`Content-Length: ${Buffer.byteLength(body)}`, ...headers]
          : headers),
      ],
      body,
    );
    await until(() => contract.api.requestCount > before, `${method} ${path}`);
    const upstream = contract.api.connections.find(connection =>
      connection.text.includes(`${method} ${path} HTTP/1.1\r\n`),
    ) as RawConnection;
    await upstream.receives(body || '\r\n\r\n');
    upstream.write(
      rawAnswer(answer, {
        headers: [`Content-Type: ${options.contentType ?? 'application/json'}`],
      }),
    );
    await client.receives(answer);
    return { client, upstream };
  };

  it('debug: a new container by PATCH, then attach to it', async () => {
    const path = `${NAMESPACE}/pods/web/ephemeralcontainers`;
    const container = { name: 'debugger-x7x9z', image: 'busybox', tty: true };
    await call(
      {
        method: 'PATCH',
        path,
        headers: ['Content-Type: application/strategic-merge-patch+json'],
        body: JSON.stringify({ spec: { ephemeralContainers: [container] } }),
      },
      '{"kind":"Pod","apiVersion":"v1"}',
    );
    expect(await contract.eventOf(path)).toMatchObject({
      verb: 'patch',
      resource: 'pods/ephemeralcontainers',
      resourceName: 'web',
      namespace: 'dev',
      result: 'success',
      requestBody: expect.stringContaining('debugger-x7x9z'),
    });

    // A terminal is a terminal: that of the exec stands in for the attach's.
    const attach = `${NAMESPACE}/pods/web/attach?container=${container.name}&stdin=true&stdout=true&tty=true`;
    const capture = readCapture('server-1.32.tty-ws.002');
    const heard = await replay(capture, attach);
    expect(heard.head).toContain(`GET ${attach} HTTP/1.1`);
    const [start, end] = await sessionRows();
    expect(start).toMatchObject({
      verb: 'create',
      resource: 'pods/attach',
      resourceName: 'web',
    });
    expect(end.message).toMatch(/, exit code 3: the command ended$/);
    const recording = await recordingOf(start.recordingId);
    expect(recording.header).toMatchObject({
      kind: 'attach',
      container: container.name,
      command: [],
      tty: true,
      size: { columns: 80, rows: 24 },
    });
    expect(recording.output).toContain('stty size\r\n24 80\r\n');
  });

  it('run -it --rm: a new pod, looked at until it runs, attached to, deleted', async () => {
    const pods = `${NAMESPACE}/pods`;
    const pod = '{"kind":"Pod","metadata":{"name":"shell"}}';
    const create = `${pods}?fieldManager=kubectl-run`;
    await call(
      {
        method: 'POST',
        path: create,
        headers: ['Content-Type: application/json'],
        body: '{"spec":{"containers":[{"name":"shell","image":"busybox","stdin":true,"tty":true}]}}',
      },
      pod,
    );
    await call({ method: 'GET', path: `${pods}/shell` }, pod);
    const attach = `${pods}/shell/attach?container=shell&stdin=true&stdout=true&tty=true`;
    // A terminal is a terminal: that of the exec stands in for the attach's.
    await replay(readCapture('server-1.32.tty-spdy.002'), attach);
    const [start, end] = await sessionRows();
    const remove = `${pods}/shell?gracePeriodSeconds=30`;
    await call({ method: 'DELETE', path: remove }, pod);

    expect(await contract.eventOf(create)).toMatchObject({
      verb: 'create',
      resource: 'pods',
      requestBody: expect.stringContaining('busybox'),
    });
    expect(start).toMatchObject({
      verb: 'create',
      resource: 'pods/attach',
      resourceName: 'shell',
      recordingId: end.recordingId,
    });
    expect(end.message).toMatch(/, exit code 3: the command ended$/);
    expect((await recordingOf(start.recordingId)).header).toMatchObject({
      kind: 'attach',
      podName: 'shell',
      container: 'shell',
      tty: true,
    });
    expect(await contract.eventOf(remove)).toMatchObject({
      verb: 'delete',
      resourceName: 'shell',
    });
    const rows = contract.portal.events();
    expect(rows.filter(({ sessionId }) => sessionId)).toHaveLength(2);
    expect(rows).toHaveLength(5);
  });

  it.each([
    ['pods', `/apis/metrics.k8s.io/v1beta1/namespaces/dev/pods`, 'dev'],
    ['nodes', '/apis/metrics.k8s.io/v1beta1/nodes', undefined],
  ])(
    'top %s, of an API that another server extends',
    async (kind, path, namespace) => {
      const list = `{"kind":"${
        kind === 'pods' ? 'PodMetricsList' : 'NodeMetricsList'
      }","apiVersion":"metrics.k8s.io/v1beta1","items":[]}`;
      const { upstream } = await call({ method: 'GET', path }, list);
      expect(upstream.text).toMatch(/impersonate-user: guest/i);
      const row = await contract.eventOf(path);
      expect(row).toMatchObject({
        verb: 'list',
        resource: kind,
        apiGroup: 'metrics.k8s.io',
        apiVersion: 'v1beta1',
        result: 'success',
      });
      expect(row.namespace).toBe(namespace);
    },
  );

  it('top says what the API server says when that other server is away', async () => {
    const path = '/apis/metrics.k8s.io/v1beta1/nodes';
    const client = await contract.send('GET', path);
    const upstream = await contract.api.connection();
    await upstream.receives('\r\n\r\n');
    upstream.write(
      rawAnswer('service unavailable\n', {
        status: '503 Service Unavailable',
        headers: ['Content-Type: text/plain; charset=utf-8'],
      }),
    );
    expect(await client.receives('service unavailable\n')).toMatch(
      /^HTTP\/1\.1 503 Service Unavailable\r\n/,
    );
    expect(await contract.eventOf(path)).toMatchObject({
      result: 'failure',
      statusCode: 503,
      apiGroup: 'metrics.k8s.io',
    });
  });

  it('rollout: restart by PATCH, status by GET and a watch that brings each change at once', async () => {
    const deployments = '/apis/apps/v1/namespaces/dev/deployments';
    const row = {
      resource: 'deployments',
      resourceName: 'web',
      apiGroup: 'apps',
      apiVersion: 'v1',
      namespace: 'dev',
      result: 'success',
    };
    const deployment = (observed: number) =>
      `{"kind":"Deployment","metadata":{"name":"web"},"status":{"observedGeneration":${observed}}}`;

    const restart = `${deployments}/web?fieldManager=kubectl-rollout`;
    await call(
      {
        method: 'PATCH',
        path: restart,
        headers: ['Content-Type: application/strategic-merge-patch+json'],
        body: '{"spec":{"template":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":"2026-11-22T02:00:00Z"}}}}}',
      },
      deployment(1),
    );
    expect(await contract.eventOf(restart)).toMatchObject({
      ...row,
      verb: 'patch',
      requestBody: expect.stringContaining('restartedAt'),
    });

    const get = `${deployments}/web`;
    await call({ method: 'GET', path: get }, deployment(1));
    expect(await contract.eventOf(get)).toMatchObject({ ...row, verb: 'get' });

    const watch = `${deployments}?allowWatchBookmarks=true&fieldSelector=metadata.name%3Dweb&resourceVersion=1&timeoutSeconds=480&watch=true`;
    const client = await contract.send('GET', watch);
    await until(
      () => contract.api.text.includes(`GET ${watch} `),
      'the watch to reach the API server',
    );
    const upstream = contract.api.connections.find(({ text }) =>
      text.includes(`GET ${watch} `),
    ) as RawConnection;
    upstream.write(
      'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    await client.receives('\r\n\r\n');
    // The row is there while the watch goes on.
    expect(await contract.eventOf(watch)).toMatchObject({
      ...row,
      verb: 'watch',
    });
    const changes = [1, 2].map(
      observed => `{"type":"MODIFIED","object":${deployment(observed)}}\n`,
    );
    for (const change of changes) {
      upstream.write(`${change.length.toString(16)}\r\n${change}\r\n`);
      await client.receives(change);
    }
    upstream.write('0\r\n\r\n');
    await client.receives('\r\n0\r\n\r\n');
    expect(decodeChunks(client.text).content).toBe(changes.join(''));
  });
});
