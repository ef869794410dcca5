import { measureFrequent, rememberWidths } from './rememberWidths';

/** The elements that the emulator makes to measure in, of which two are enough. */
function setUp(fontSize: string) {
  const container = document.createElement('div');
  container.innerHTML =
    `<div class="xterm-width-cache-measure-container" style="font-family: mono; font-size: ${fontSize}">` +
    '<span></span><span style="font-weight: bold"></span></div>';
  document.body.append(container);
  const [regular, bold] = container.querySelectorAll('span');
  rememberWidths(container);
  const measure = (element: HTMLElement, character: string) => {
    element.textContent = character.repeat(32);
    return element.offsetWidth / 32;
  };
  return {
    container,
    regular: (character: string) => measure(regular, character),
    bold: (character: string) => measure(bold, character),
  };
}

/** A canvas whose characters are all so wide. */
function drawOnCanvas(width: number) {
  const measureText = jest.fn((text: string) => ({
    width: text.length * width,
  }));
  const fontsAsked: string[] = [];
  class FakeCanvas {
    getContext() {
      return {
        measureText,
        set font(font: string) {
          fontsAsked.push(font);
        },
      };
    }
  }
  Object.assign(globalThis, { OffscreenCanvas: FakeCanvas });
  return { measureText, fontsAsked };
}

describe('rememberWidths', () => {
  /** What was laid out in the page. */
  let laidOut: string[];
  let width: number;
  beforeEach(() => {
    laidOut = [];
    width = 8;
    jest
      .spyOn(HTMLElement.prototype, 'getBoundingClientRect')
      .mockImplementation(function box(this: HTMLElement) {
        const text = this.textContent ?? '';
        laidOut.push(text);
        return { width: text.length * width } as DOMRect;
      });
  });
  afterEach(() => {
    jest.restoreAllMocks();
    Reflect.deleteProperty(globalThis, 'OffscreenCanvas');
    document.body.replaceChildren();
  });

  it('measures each character once for all terminals, in the page', () => {
    const first = setUp('10px');
    expect([first.regular('a'), first.regular('→')]).toEqual([8, 8]);
    // A sample, and both of them.
    expect(laidOut).toHaveLength(3);
    expect(first.container.querySelectorAll('span')).toHaveLength(2);

    const second = setUp('10px');
    expect([second.regular('a'), second.regular('→')]).toEqual([8, 8]);
    expect(laidOut).toHaveLength(3);
    expect(second.bold('a')).toBe(8);
    expect(laidOut).toHaveLength(5);
  });

  it('lays out nothing for characters where a canvas gives the same', () => {
    const { measureText, fontsAsked } = drawOnCanvas(8);
    const { regular, bold } = setUp('11px');
    expect([regular('a'), regular('日'), regular('a'), bold('b')]).toEqual([
      8, 8, 8, 8,
    ]);
    // A sample of each style.
    expect(laidOut).toHaveLength(2);
    const asked = measureText.mock.calls.map(([text]) => text);
    // Of ASCII all is as wide as some of it is, and one character stands for a row of it.
    expect(new Set(asked.filter(text => text.length === 1))).toEqual(
      new Set(['i', '.', 'm', 'W', '一', '語']),
    );
    expect(fontsAsked).toEqual([
      'normal normal 11px mono',
      'normal bold 11px mono',
    ]);
  });

  it('measures no ideograph where some are as wide as each other', () => {
    width = 16;
    const { measureText } = drawOnCanvas(16);
    const { regular } = setUp('16px');
    regular('日');
    measureText.mockClear();
    expect([regular('本'), regular('錆')]).toEqual([16, 16]);
    expect(measureText).not.toHaveBeenCalled();
  });

  it('measures each syllable of a font whose syllables differ', () => {
    width = 16;
    const { measureText } = drawOnCanvas(16);
    measureText.mockImplementation(text => ({
      width: /[りノ]/.test(text) ? 11 * text.length : 16 * text.length,
    }));
    const { regular } = setUp('17px');
    expect([regular('ノ'), regular('ク')]).toEqual([11, 16]);
  });

  it('measures ahead what is frequent, plain and bold', () => {
    const { measureText, fontsAsked } = drawOnCanvas(8);
    const { container, regular } = setUp('18px');
    measureFrequent(container);
    expect(measureText).toHaveBeenCalledWith('→');
    expect(fontsAsked).toEqual([
      'normal normal 18px mono',
      'normal bold 18px mono',
    ]);
    measureText.mockClear();
    expect(regular('語')).toBe(8);
    expect(measureText).not.toHaveBeenCalled();
  });

  it('measures a row of what may join as a row', () => {
    const { measureText } = drawOnCanvas(8);
    expect(setUp('14px').regular('ب')).toBe(8);
    expect(measureText).toHaveBeenCalledWith('ب'.repeat(32));
  });

  it('measures each character of a font whose characters differ', () => {
    const { measureText } = drawOnCanvas(8);
    measureText.mockImplementation(text => ({
      width: text.startsWith('i') ? 4 * text.length : 8 * text.length,
    }));
    const { regular } = setUp('15px');
    expect([regular('i'), regular('m')]).toEqual([4, 8]);
  });

  it('believes no canvas that draws otherwise than the page', () => {
    drawOnCanvas(8.01);
    const { regular } = setUp('12px');
    expect(regular('a')).toBe(8);
    expect(laidOut).toHaveLength(2);
  });

  it('asks again where nothing was to be seen', () => {
    const { regular } = setUp('13px');
    width = 0;
    expect(regular('a')).toBe(0);
    width = 16;
    expect(regular('a')).toBe(16);
  });
});
