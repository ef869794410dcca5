import type { RecordingDetail } from '../recording';
import {
  decodeRecordingMoment,
  encodeRecordingMoment,
  MomentError,
  momentLength,
  OpenedMoment,
} from './recordingMoment';

const recording: RecordingDetail = {
  id: '019aa000-0000-7000-9000-000000000001',
  sessionId: '019aa000-0000-7000-a000-000000000001',
  number: 7,
  agentId: 'proxy',
  name: 'jürgen_20261122T014741Z',
  startedAt: '2026-11-22T01:47:41.000Z',
  userName: 'jürgen',
  clientIp: '127.0.0.1',
  clusterName: 'demo',
  namespace: 'default',
  podName: 'shell',
  kind: 'exec',
  command: ['sh'],
  tty: true,
  size: { columns: 80, rows: 24 },
  connectedFrom: 'Proxy',
  status: 'complete',
  sizeBytes: 1000,
  exportEncryption: 'off',
  chunks: [
    { index: 0, firstTime: 0, lastTime: 1_999_999, sizeBytes: 100 },
    // A clock may have gone back between two frames.
    { index: 1, firstTime: 1_000_000, lastTime: 5_000_000, sizeBytes: 200 },
    { index: 2, firstTime: 5_000_000, lastTime: 5_000_000, sizeBytes: 300 },
  ],
};
const opened: OpenedMoment = {
  recording,
  moment: {
    keyframe: {
      time: 1_999_999,
      columns: 80,
      rows: 24,
      chunk: 1,
      event: 0,
      payload: Buffer.from('screen'),
    },
    chunks: [
      { index: 1, bytes: Buffer.from('one') },
      {
        index: 2,
        bytes: Buffer.from('zwei €'),
        part: { event: 5, until: 5_000_000 },
      },
    ],
  },
};

/** Buffers are equal to no other Uint8Array. */
function plain(value: OpenedMoment): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, item) =>
      item instanceof Uint8Array || item?.type === 'Buffer'
        ? Buffer.from(item).toString()
        : item,
    ),
  );
}

describe('recording moment', () => {
  it.each<[string, OpenedMoment]>([
    ['a recording, a keyframe and chunks', opened],
    ['a keyframe and chunks', { moment: opened.moment }],
    ['the start of a recording', { moment: { chunks: [] } }],
    ['a recording alone', { recording, moment: { chunks: [] } }],
  ])('brings %s', (_, value) => {
    const encoded = encodeRecordingMoment(value);

    expect(momentLength(encoded)).toBe(encoded.length);
    expect(plain(decodeRecordingMoment(encoded))).toEqual(plain(value));
  });

  it('is refused wherever it is cut', () => {
    const encoded = encodeRecordingMoment(opened);
    for (let length = 0; length < encoded.length; length++) {
      expect(() => decodeRecordingMoment(encoded.subarray(0, length))).toThrow(
        MomentError,
      );
    }
  });

  it('is refused when it is of another format, or holds less than it says', () => {
    const other = encodeRecordingMoment(opened);
    other[0] = 0;
    expect(() => decodeRecordingMoment(other)).toThrow('not a moment');

    const short = encodeRecordingMoment({ moment: { chunks: [] } });
    new DataView(short.buffer).setUint32(8, 1000, true);
    expect(() => decodeRecordingMoment(short)).toThrow('shorter');
  });
});
