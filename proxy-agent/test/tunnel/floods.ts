import {
  END_HEADERS,
  END_STREAM,
  FRAME,
  frame,
  header,
  setting,
  uint32,
} from './http2Frames';

const MANY = 20_000;
const MEBIBYTE = 1024 * 1024;
/** SETTINGS_INITIAL_WINDOW_SIZE. */
const INITIAL_WINDOW = 4;
const CANCEL = uint32(8);
const NO_ERROR = uint32(0);

/** What is sent, and what its test is called by. */
type Flood = [what: string, bytes: () => Buffer];

const times = (count: number, piece: (index: number) => Buffer) =>
  Buffer.concat(Array.from({ length: count }, (_, index) => piece(index)));
/** Of the streams that a client opens. */
const idOf = (index: number) => 2 * index + 1;

/** What either side can send. */
export const FLOODS: Flood[] = [
  [
    'pings',
    () => times(MANY, () => frame(FRAME.ping, { payload: Buffer.alloc(8) })),
  ],
  ['settings', () => times(MANY, () => frame(FRAME.settings))],
  [
    'windows that are too wide',
    () =>
      times(2, () =>
        frame(FRAME.windowUpdate, { payload: uint32(0x7fffffff) }),
      ),
  ],
  [
    'farewells',
    () => times(MANY, () => frame(FRAME.goAway, { payload: Buffer.alloc(8) })),
  ],
  [
    'a frame that is too large',
    () => frame(FRAME.data, { stream: 1, payload: Buffer.alloc(MEBIBYTE) }),
  ],
];

/** Headers of the first stream that never end. */
export function endlessHeaders(first: Buffer): Buffer {
  return Buffer.concat([
    frame(FRAME.headers, { stream: 1, payload: first }),
    times(MANY, () =>
      frame(FRAME.continuation, {
        stream: 1,
        payload: header('a', 'b'.repeat(100)),
      }),
    ),
  ]);
}

/** What a client can send besides, with headers that open a stream. */
export function clientFloods(open: Buffer): Flood[] {
  return [
    [
      'streams that are taken back at once',
      () =>
        times(1000, index =>
          Buffer.concat([
            frame(FRAME.headers, {
              stream: idOf(index),
              flags: END_HEADERS,
              payload: open,
            }),
            frame(FRAME.resetStream, {
              stream: idOf(index),
              payload: index % 2 ? CANCEL : NO_ERROR,
            }),
          ]),
        ),
    ],
    [
      'news that are taken back at once',
      () =>
        times(1000, index =>
          Buffer.concat([
            frame(FRAME.headers, {
              stream: idOf(index),
              flags: END_HEADERS,
              payload: Buffer.concat([
                header(':method', 'POST'),
                header(':scheme', 'http'),
                header(':authority', 'a'),
                header(':path', '/news'),
              ]),
            }),
            frame(FRAME.data, {
              stream: idOf(index),
              flags: END_STREAM,
              payload: Buffer.from('{}'),
            }),
            frame(FRAME.resetStream, {
              stream: idOf(index),
              payload: index % 2 ? CANCEL : NO_ERROR,
            }),
          ]),
        ),
    ],
    ['headers without an end', () => endlessHeaders(open)],
    [
      'more headers than anybody has',
      () =>
        frame(FRAME.headers, {
          stream: 1,
          flags: END_HEADERS,
          payload: Buffer.concat([
            open,
            times(400, index => header(`a-${index}`, 'b')),
          ]),
        }),
    ],
    [
      'windows into which nothing fits',
      () =>
        Buffer.concat([
          frame(FRAME.settings, { payload: setting(INITIAL_WINDOW, 0) }),
          times(500, index =>
            frame(FRAME.headers, {
              stream: idOf(index),
              flags: END_HEADERS,
              payload: open,
            }),
          ),
        ]),
    ],
  ];
}
