import { once } from 'node:events';
import { WebSocket } from 'ws';
import { asUser, TestCluster, TOKEN } from '../testing/testCluster';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const RESIZE = 4;
const CLOSE = 255;

describe('exec over WebSocket v5', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await TestCluster.start();
  });
  afterAll(() => cluster.close());

  function connect(query: string) {
    const url = `${cluster.cluster.url}/api/v1/namespaces/dev/pods/web/exec?${query}`;
    const socket = new WebSocket(
      url.replace('https', 'wss'),
      'v5.channel.k8s.io',
      {
        ca: cluster.ca,
        headers: {
          authorization: `Bearer ${TOKEN}`,
          ...asUser('guest', ['developers']),
        },
      },
    );
    const received = new Map<number, string>();
    socket.on('message', (data: Buffer) => {
      const before = received.get(data[0]) ?? '';
      received.set(data[0], before + data.toString('utf8', 1));
    });
    return { socket, received, closed: once(socket, 'close') };
  }

  it('separates stdout and stderr and ends with the exit code', async () => {
    const script = encodeURIComponent('echo out; echo err >&2; exit 7');
    const { received, closed } = connect(
      `command=sh&command=-c&command=${script}&stdout=true&stderr=true`,
    );
    const [code] = await closed;
    expect(code).toBe(1000);
    expect(received.get(STDOUT)).toBe('out\n');
    expect(received.get(STDERR)).toBe('err\n');
    expect(JSON.parse(received.get(ERROR) ?? '')).toMatchObject({
      status: 'Failure',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '7' }] },
    });
  });

  it('ends the input of a command when the client closes stdin', async () => {
    const { socket, received, closed } = connect(
      'command=cat&stdin=true&stdout=true&stderr=true',
    );
    await once(socket, 'open');
    socket.send(Buffer.concat([Buffer.of(STDIN), Buffer.from('hello')]));
    socket.send(Buffer.of(CLOSE, STDIN));
    await closed;
    expect(received.get(STDOUT)).toBe('hello');
    expect(received.get(ERROR)).toBe('{"metadata":{},"status":"Success"}');
  });

  it('gives a terminal of the size that the client has', async () => {
    const { socket, received, closed } = connect(
      'command=sh&stdin=true&stdout=true&tty=true',
    );
    await once(socket, 'open');
    const send = (channel: number, text: string) =>
      socket.send(Buffer.concat([Buffer.of(channel), Buffer.from(text)]));
    send(RESIZE, '{"Width":101,"Height":42}\n');
    send(STDIN, 'stty size; exit 5\n');
    await closed;
    expect(received.get(STDOUT)).toContain('42 101');
    expect(received.get(ERROR)).toContain('"message":"5"');
  });
});
