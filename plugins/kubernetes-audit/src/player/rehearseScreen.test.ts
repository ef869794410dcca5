import { ProbedTerminal } from '../__testUtils__/ProbedTerminal';
import { rehearseScreen } from './rehearseScreen';

jest.mock('@xterm/xterm', () => ({
  Terminal: jest.requireActual('../__testUtils__/ProbedTerminal')
    .ProbedTerminal,
}));

describe('rehearseScreen', () => {
  it('draws where nobody sees or hears it, and leaves nothing behind', async () => {
    const rehearsed = rehearseScreen('monospace');
    const frame = document.body.lastElementChild;
    expect(frame).toHaveAttribute('aria-hidden', 'true');
    expect(frame).toHaveStyle({ visibility: 'hidden', pointerEvents: 'none' });
    const dispose = jest.spyOn(ProbedTerminal.last, 'dispose');
    await rehearsed;
    expect(dispose).toHaveBeenCalled();
    expect(document.body).toBeEmptyDOMElement();
  });

  it('leaves nothing behind when there can be no terminal', async () => {
    jest.spyOn(ProbedTerminal.prototype, 'open').mockImplementation(() => {
      throw new Error('no terminal here');
    });
    await expect(rehearseScreen('monospace')).rejects.toThrow('no terminal');
    expect(document.body).toBeEmptyDOMElement();
  });
});
