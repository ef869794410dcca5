import { buildChunks, FakeScreen } from '../__testUtils__';
import { Keyframe, KeyframeIndex, startKeyframe } from './keyframes';
import { PreviewPainter } from './PreviewPainter';
import { RecordingTape } from './RecordingTape';

const SECOND = 1_000_000;

function setUp(keyframe?: Keyframe, padding = 0) {
  const { chunks, table } = buildChunks([
    [
      [0, 'output', 'a'],
      [1, 'output', `b${'\0'.repeat(padding)}`],
    ],
    [
      [10, 'output', `c${'\0'.repeat(padding)}`],
      [11, 'output', 'd'],
    ],
  ]);
  const load = jest.fn(async (index: number) => chunks[index]);
  const tape = RecordingTape.create({ load });
  const start = startKeyframe({ columns: 80, rows: 24 });
  const keyframes: KeyframeIndex = {
    start,
    before: jest.fn(async () => keyframe ?? start),
  };
  const screen = new FakeScreen();
  const onPainted = jest.fn();
  const painter = PreviewPainter.create({
    source: { chunks: () => table, tape, keyframes },
    screen,
    onPainted,
  });
  return { painter, screen, tape, load, keyframes, onPainted };
}

describe('PreviewPainter', () => {
  const keyframe: Keyframe = {
    time: 10 * SECOND,
    size: { columns: 80, rows: 24 },
    chunk: 1,
    event: 1,
    payload: new TextEncoder().encode('[abc]'),
  };

  it('shows the keyframe alone where the moment is far from it', async () => {
    const { painter, screen, load, onPainted } = setUp(keyframe, 600_000);
    await painter.show(11 * SECOND);
    expect(screen.text).toBe('[abc]');
    expect(load).not.toHaveBeenCalled();
    expect(onPainted).toHaveBeenCalledTimes(1);
  });

  it('goes on to the moment itself where that takes little', async () => {
    const { painter, screen } = setUp(keyframe);
    await painter.show(11 * SECOND);
    expect(screen.text).toBe('[abc]d');
    await painter.show(10.5 * SECOND);
    expect(screen.text).toBe('[abc]');
  });

  it('shows nothing where it has neither', async () => {
    const { painter, screen, onPainted } = setUp(undefined, 600_000);
    await painter.show(11 * SECOND);
    expect(screen.resets).toBe(0);
    expect(onPainted).not.toHaveBeenCalled();
  });

  it('replays a short recording from its start', async () => {
    const { painter, screen } = setUp();
    await painter.show(10.5 * SECOND);
    expect(screen.text).toBe('abc');
  });

  it('goes on after a moment that could not be fetched', async () => {
    const { painter, screen, load, onPainted } = setUp();
    load.mockRejectedValueOnce(new Error('offline'));
    await painter.show(SECOND);
    expect(onPainted).not.toHaveBeenCalled();
    await painter.show(SECOND);
    expect(screen.text).toBe('ab');
  });

  it('leaves out what the pointer has passed by', async () => {
    const { painter, keyframes } = setUp(keyframe);
    const first = painter.show(1);
    painter.show(2);
    painter.show(3);
    painter.show(4);
    await first;
    expect(
      (keyframes.before as jest.Mock).mock.calls.map(([time]) => time),
    ).toEqual([1, 4]);
  });
});
