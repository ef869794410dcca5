import { Terminal } from '@xterm/xterm';
import { spareRedraws } from './spareRedraws';

/** A terminal with as much of it as is drawn by; `redraws` counts the whole screens. */
function setUp() {
  const redraws: unknown[][] = [];
  let selected = false;
  const selection = {
    refresh: (...options: unknown[]) => redraws.push(options),
  };
  const terminal = {
    hasSelection: () => selected,
    _core: { _selectionService: selection },
  };
  spareRedraws(terminal as unknown as Terminal);
  return {
    redraws,
    refresh: (isSelected: boolean) => {
      selected = isSelected;
      selection.refresh(isSelected);
    },
  };
}

describe('spareRedraws', () => {
  it('has a selection drawn, and its end, and nothing where there is none', () => {
    const { redraws, refresh } = setUp();
    refresh(false);
    refresh(false);
    expect(redraws).toEqual([]);
    refresh(true);
    refresh(true);
    refresh(false);
    refresh(false);
    expect(redraws).toEqual([[true], [true], [false]]);
  });

  it('finds the part of the emulator that it is about', () => {
    Object.assign(window, {
      matchMedia: () => ({ addListener() {}, removeListener() {} }),
    });
    const terminal = new Terminal();
    const container = document.createElement('div');
    document.body.append(container);
    terminal.open(container);
    const redraw = jest.spyOn(window, 'requestAnimationFrame');
    const clear = () => {
      redraw.mockClear();
      terminal.clearSelection();
      return redraw.mock.calls.length;
    };
    expect(clear()).toBe(1);
    spareRedraws(terminal);
    expect(clear()).toBe(0);
    terminal.dispose();
  });

  it('changes nothing in an emulator that is made otherwise', () => {
    const terminal = { hasSelection: () => false, _core: {} };
    expect(() => spareRedraws(terminal as unknown as Terminal)).not.toThrow();
  });
});
