import {
  Capture,
  CapturedChunk,
  captureNames,
  headerOf,
  readCapture,
} from '../../../test/captures/readCapture';
import { createRemoteCommandTap } from './createRemoteCommandTap';
import { RemoteCommandEvent } from './RemoteCommandTap';

/** An event as a test writes it: data as text, joined with its neighbours. */
type Heard =
  | readonly ['stdin' | 'stdout' | 'stderr', string]
  | Exclude<RemoteCommandEvent, { data: Uint8Array }>;

function createTap({ response }: Capture) {
  const spdy = headerOf(response, 'Upgrade') === 'SPDY/3.1';
  return createRemoteCommandTap({
    transport: spdy ? 'spdy' : 'websocket',
    subprotocol: headerOf(
      response,
      spdy ? 'X-Stream-Protocol-Version' : 'Sec-WebSocket-Protocol',
    ),
  });
}

function replay(capture: Capture, chunks: CapturedChunk[]): Heard[] {
  const tap = createTap(capture);
  const heard: Heard[] = [];
  for (const { from, data } of chunks) {
    // A chunk that is overwritten afterwards, as a socket's may be.
    const chunk = Buffer.from(data);
    const events =
      from === 'client' ? tap.pushFromClient(chunk) : tap.pushFromServer(chunk);
    for (const event of events) {
      const last = heard[heard.length - 1];
      if (!('data' in event)) {
        heard.push(event);
      } else if (Array.isArray(last) && last[0] === event.type) {
        heard[heard.length - 1] = [event.type, last[1] + textOf(event.data)];
      } else {
        heard.push([event.type, textOf(event.data)]);
      }
    }
    if (!chunk.equals(data)) {
      throw new Error('The chunk was altered');
    }
    chunk.fill(0xaa);
  }
  return heard;
}

function textOf(data: Uint8Array): string {
  return Buffer.from(data).toString('latin1');
}

const SUCCESS: Heard = { type: 'status', success: true, exitCode: 0 };
const CLOSED: Heard = { type: 'closed' };
const STDIN_CLOSED: Heard = { type: 'stdinClosed' };

function exited(exitCode: number, cause: string): Heard {
  return {
    type: 'status',
    success: false,
    exitCode,
    message: `command terminated with non-zero exit code: ${cause}`,
    reason: 'NonZeroExitCode',
  };
}

const resized = (columns: number, rows: number): Heard => ({
  type: 'resize',
  columns,
  rows,
});

/** What was typed at the terminal of the `tty` cases, and what it showed. */
function terminal(exit: string): Heard[] {
  const blank = ' '.repeat(119);
  return [
    resized(80, 24),
    ['stdout', 'bash-5.2# '],
    ['stdin', 'stty size\r'],
    ['stdout', 'stty size\r\n24 80\r\nbash-5.2# '],
    resized(120, 40),
    ['stdout', `\r${blank}\rbash-5.2# `],
    ['stdin', 'stty size; tty\r'],
    ['stdout', 'stty size; tty\r\n40 120\r\n/dev/pts/0\r\nbash-5.2# '],
    ['stdin', 'sleep 100\r'],
    ['stdout', 'sleep 100\r\n'],
    ['stdin', '\x03'],
    ['stdout', '^C\r\nbash-5.2# '],
    ['stdin', 'exit 3\r'],
    ['stdout', 'exit 3\r\nexit\r\n'],
    exited(3, exit),
    CLOSED,
  ];
}

const EXPECTED: Record<string, Heard[]> = {
  'server-1.32.ws-exec.002': [
    ['stdout', 'out\n'],
    ['stderr', 'err\n'],
    exited(7, 'command terminated with exit code 7'),
    CLOSED,
  ],
  'server-1.32.ws-exec-i.002': [
    ['stdin', 'hello\n'],
    STDIN_CLOSED,
    ['stdout', 'hello\n'],
    SUCCESS,
    CLOSED,
  ],
  'server-1.32.tty-ws.002': terminal('command terminated with exit code 3'),
  'server-1.32.attach.002': [{ type: 'status', success: false }, CLOSED],
  'server-1.32.cp-up.002': [
    exited(1, 'command terminated with exit code 1'),
    CLOSED,
  ],
  'server-1.32.idle-true.002': [SUCCESS, CLOSED],
  'server-1.32.def-1.30.002': [SUCCESS, CLOSED],
  'server-1.32.def-1.31.002': [SUCCESS, CLOSED],
  'server-1.32.def-1.33.002': [SUCCESS, CLOSED],
  'server-1.32.env-1.29.002': [SUCCESS, CLOSED],
  'server-1.32.spdy-exec.002': [
    ['stdout', 'out\n'],
    ['stderr', 'err\n'],
    exited(
      7,
      'error executing command [sh -c echo out; echo err >&2; exit 7], exit code 7',
    ),
    CLOSED,
  ],
  'server-1.32.spdy-127.002': [SUCCESS, CLOSED],
  'server-1.32.spdy-exec-i.002': [
    ['stdin', 'hello\n'],
    STDIN_CLOSED,
    ['stdout', 'hello\n'],
    SUCCESS,
    CLOSED,
  ],
  'server-1.32.tty-spdy.002': terminal(
    'error executing command [bash], exit code 3',
  ),
  'server-1.32.tty-spdy-nodelay.002': terminal(
    'error executing command [bash], exit code 3',
  ),
  'server-1.32.idle-false.002': [SUCCESS, CLOSED],
  'server-1.32.def-1.29.002': [SUCCESS, CLOSED],
  'server-1.20.tty.003': terminal(
    'error executing command [bash], exit code 3',
  ),
  'server-1.20.cat.003': [['stdout', 'vm\n'], SUCCESS, CLOSED],
  'server-1.20.k120.032': [['stdout', 'ok120\n'], SUCCESS, CLOSED],
  'server-1.20.k132-def.003': [
    ['stdout', 'out\n'],
    exited(7, 'error executing command [sh -c echo out; exit 7], exit code 7'),
    CLOSED,
  ],
};

/** Replays with binary data, which a test had better not write out. */
const TARS = [
  'server-1.32.cp-up.003',
  'server-1.32.cp-down.002',
  'server-1.20.cp.005',
];

describe.each([...Object.keys(EXPECTED), ...TARS])('capture %s', name => {
  const capture = readCapture(name);
  const whole = replay(capture, capture.chunks);

  it('tells the same however it is cut in two', () => {
    capture.chunks.forEach((chunk, index) => {
      for (let at = 1; at < chunk.data.length; at++) {
        const heard = replay(capture, [
          ...capture.chunks.slice(0, index),
          { ...chunk, data: chunk.data.subarray(0, at) },
          { ...chunk, data: chunk.data.subarray(at) },
          ...capture.chunks.slice(index + 1),
        ]);
        expect(heard).toEqual(whole);
      }
    });
  });

  it('tells the same byte by byte', () => {
    const bytes = capture.chunks.flatMap(({ from, data }) =>
      Array.from(data, byte => ({ from, data: Buffer.of(byte) })),
    );
    expect(replay(capture, bytes)).toEqual(whole);
  });
});

it.each(Object.entries(EXPECTED))(
  'tells what happened in %s',
  (name, heard) => {
    const capture = readCapture(name);
    expect(replay(capture, capture.chunks)).toEqual(heard);
  },
);

describe('kubectl cp', () => {
  it.each([
    [
      'server-1.32.cp-up.003',
      'stdin',
      'h',
      'vm\n',
      [STDIN_CLOSED, SUCCESS, CLOSED],
    ],
    [
      'server-1.20.cp.005',
      'stdin',
      'h',
      'vm\n',
      [STDIN_CLOSED, SUCCESS, CLOSED],
    ],
    [
      'server-1.32.cp-down.002',
      'stdout',
      'etc/passwd',
      'root:x:0:0:root:/root:/bin/bash\napp:x:1000:1000:app:/home/app:/bin/bash\n',
      [CLOSED], // this server sent no Status
    ],
  ])('%s carries a tar archive on %s', (name, stream, file, content, end) => {
    const capture = readCapture(name);
    const heard = replay(capture, capture.chunks);
    const archive = heard
      .flatMap(item => (Array.isArray(item) && item[0] === stream ? item : []))
      .filter((_, index) => index % 2 === 1)
      .join('');
    expect(archive.length % 512).toBe(0);
    expect(archive.slice(0, file.length + 1)).toBe(`${file}\0`);
    expect(archive.slice(512, 512 + content.length)).toBe(content);
    const lastData = heard.findLastIndex(item => Array.isArray(item));
    expect(heard.slice(lastData + 1)).toEqual(end);
  });
});

it('covers every capture of an exec or attach that was not refused', () => {
  const sessions = captureNames().filter(name => {
    const { request, response } = readCapture(name);
    return response.includes(' 101 ') && !request.includes('/portforward ');
  });
  expect([...Object.keys(EXPECTED), ...TARS].sort()).toEqual(sessions.sort());
});
