import { fireEvent, screen } from '@testing-library/react';
import type { RecordingTimeline } from 'backstage-plugin-kubernetes-audit-common';
import { fakeAuditApi, renderPage } from '../../__testUtils__';
import { Timeline } from './Timeline';

const DURATION = 1000;

/** A timeline of as many pixels as microseconds. */
function setUp(markers: RecordingTimeline['markers'] = []) {
  const onSeek = jest.fn();
  renderPage(
    <Timeline
      position={0}
      duration={DURATION}
      timeline={{
        lastTime: DURATION,
        isComplete: true,
        activity: { bucketMicroseconds: DURATION, buckets: [] },
        idle: [],
        markers,
      }}
      gaps={[]}
      onSeek={onSeek}
      renderPreview={() => null}
      formatTime={String}
    />,
    { api: fakeAuditApi() },
  );
  const slider = screen.getByRole('slider');
  jest
    .spyOn(slider, 'getBoundingClientRect')
    .mockReturnValue(new DOMRect(0, 0, DURATION, 10));
  const point = (type: string, clientX: number) =>
    fireEvent(slider, new MouseEvent(type, { bubbles: true, clientX }));
  return { onSeek, point };
}

describe('Timeline', () => {
  it('seeks as soon as it is pressed, and once', () => {
    const { onSeek, point } = setUp();
    point('pointerdown', 300);
    expect(onSeek.mock.calls).toEqual([[300]]);
    point('pointerup', 300);
    expect(onSeek).toHaveBeenCalledTimes(1);
  });

  it('seeks again where a drag ends', () => {
    const { onSeek, point } = setUp();
    point('pointerdown', 300);
    point('pointermove', 400);
    point('pointermove', 500);
    expect(onSeek).toHaveBeenCalledTimes(1);
    point('pointerup', 500);
    expect(onSeek.mock.calls).toEqual([[300], [500]]);
    point('pointermove', 600);
    point('pointerup', 600);
    expect(onSeek).toHaveBeenCalledTimes(2);
  });

  it('names the marker that is nearest to the pointer', () => {
    const { point } = setUp([
      { time: 300, text: 'ls' },
      { time: 306, text: 'make' },
      { time: 900, text: 'exit' },
    ]);
    point('pointermove', 305);
    expect(screen.getByText('Marker: make')).toBeVisible();
    point('pointermove', 301);
    expect(screen.getByText('Marker: ls')).toBeVisible();
    point('pointermove', 500);
    expect(screen.queryByText(/Marker/)).toBeNull();
  });
});
