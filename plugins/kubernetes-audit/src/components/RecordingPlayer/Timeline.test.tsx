import { fireEvent, screen } from '@testing-library/react';
import { fakeAuditApi, renderPage } from '../../__testUtils__';
import { Timeline } from './Timeline';

const DURATION = 1000;

/** A timeline of as many pixels as microseconds. */
function setUp() {
  const onSeek = jest.fn();
  renderPage(
    <Timeline
      position={0}
      duration={DURATION}
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
});
