import { ReplayTerminal } from './ReplayTerminal';
import { WorkBudget } from './WorkBudget';

const SIZE = { columns: 10, rows: 4 };
const CELLS = SIZE.columns * SIZE.rows;

function setUp(cells: number) {
  const budget = WorkBudget.create(cells);
  const terminal = ReplayTerminal.create({ size: SIZE, tty: true, budget });
  const write = (text: string) => terminal.write(Buffer.from(text));
  const firstLine = () =>
    terminal.emulator.buffer.active.getLine(0)?.translateToString(true);
  return { budget, write, firstLine };
}

describe('WorkBudget', () => {
  it.each([
    ['clear the screen', '\x1b[2J', CELLS],
    ['clear what may be cleared', '\x1b[?2J', CELLS],
    ['reset the terminal', '\x1bc', CELLS],
    ['fill the screen', '\x1b#8', CELLS],
    ['insert lines', '\x1b[3L', 3 * 14],
    ['delete lines', '\x1b[3M', 3 * 14],
    ['scroll up', '\x1b[3S', 3 * 14],
    ['scroll down', '\x1b[T', 14],
    ['change to the other screen', '\x1b[?1049h', CELLS],
    ['change back', '\x1b[?25;47l', CELLS],
  ])('is spent by sequences that %s', async (_, sequence, cells) => {
    const enough = setUp(5 * cells);
    await enough.write(sequence.repeat(5));
    expect(enough.budget.renew()).toBe(false);

    const tooLittle = setUp(5 * cells - 1);
    await tooLittle.write(sequence.repeat(5));
    expect(tooLittle.budget.renew()).toBe(true);
    expect(tooLittle.budget.renew()).toBe(false);
  });

  it('lets be done what it has, and again in the next frame', async () => {
    const { budget, write, firstLine } = setUp(2 * CELLS);
    await write('a\x1b[2J\x1b[Hb\x1b[2J\x1b[Hc');
    expect(firstLine()).toBe('c');
    await write('\x1b[2Jd');
    expect(firstLine()).toBe('cd');
    expect(budget.renew()).toBe(true);
    await write('\x1b[2J\x1b[He');
    expect(firstLine()).toBe('e');
  });

  it('is not spent by text, lines and colours', async () => {
    const { budget, write } = setUp(1);
    await write('\x1b[31mtext\r\n\x1b[K\x1b[?25h'.repeat(100));
    expect(budget.renew()).toBe(false);
  });
});
