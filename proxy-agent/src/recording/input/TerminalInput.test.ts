import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import {
  readTerminal,
  TerminalChunk,
  TYPED_PASSWORD,
} from '../../../test/terminals/readTerminal';
import { TerminalInput } from './TerminalInput';

const user = (text: string): TerminalChunk => ({
  from: 'user',
  data: Buffer.from(text),
});
const terminal = (text: string): TerminalChunk => ({
  from: 'terminal',
  data: Buffer.from(text),
});

/** What is recorded of the input. */
function recordOf(chunks: TerminalChunk[]): string {
  const input = TerminalInput.create();
  const recorded = chunks.map(({ from, data }) =>
    from === 'user' ? input.typed(data) : input.shown(data),
  );
  return Buffer.concat([...recorded, input.end()]).toString();
}

/** Each key and each byte of output by itself. */
const byteByByte = (chunks: TerminalChunk[]) =>
  chunks.flatMap(({ from, data }) =>
    Array.from(data, byte => ({ from, data: Buffer.of(byte) })),
  );

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Of the heap, without what merely waits to be collected. */
function heldBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

describe('TerminalInput', () => {
  it.each([
    [
      'bash',
      [
        'echo hello',
        'ecoh\x7f\x7f\x7fcho ä€',
        'read -s -p "Password: " p',
        '<masked>',
        'read -s q',
        '<masked>',
        'python3 ask.py',
        '<masked>',
        'cat no\t',
        '\x1b[A',
        '\x1b[200~echo pasted\x1b[201~',
        `echo this is a long line that has to be wrapped since a terminal is not as wide as it is: ${'abcdefghij '.repeat(
          6,
        )}end`,
        'ls notes.txt',
        'sleep 9',
        '\x03less notes.txt',
        '<masked>echo after less',
        'echo ${p:0:0}done',
        'exit 3',
        '',
      ],
    ],
    [
      'dash',
      [
        'echo hello',
        'echo one',
        'echo two',
        'stty -echo; printf "Secret: "; read p; stty echo',
        '<masked>',
        'sleep 1; stty -echo; read p; stty echo',
        '<masked>',
        'echo back\x15echo again',
        'cat',
        'typed to cat',
        '\x04exit',
        '',
      ],
    ],
    ['vim', ['<masked>', '<masked>', ':q!', '']],
    ['less', ['/two', '<masked>']],
  ])('records of %s what was echoed, and no password', (name, lines) => {
    const chunks = readTerminal(name);
    expect(recordOf(chunks).split('\r')).toEqual(lines);
    expect(recordOf(byteByByte(chunks)).split('\r')).toEqual(lines);
  });

  it.each(['bash', 'dash'])(
    'records no password of %s however late its output comes',
    name => {
      const chunks = byteByByte(readTerminal(name));
      fc.assert(
        fc.property(
          fc.infiniteStream(fc.integer({ min: 0, max: 30 })),
          delays => {
            // Each byte of output comes behind so many more bytes of input.
            const late: TerminalChunk[] = [];
            const held: { data: Buffer; wait: number }[] = [];
            for (const chunk of chunks) {
              if (chunk.from === 'terminal') {
                held.push({
                  data: chunk.data,
                  wait: delays.next().value ?? 0,
                });
              } else {
                late.push(chunk);
                held.forEach(item => {
                  item.wait -= 1;
                });
              }
              while (held.length > 0 && held[0].wait <= 0) {
                late.push({ from: 'terminal', data: held[0].data });
                held.shift();
              }
            }
            const recorded = recordOf(late);
            for (let at = 0; at + 4 <= TYPED_PASSWORD.length; at++) {
              expect(recorded).not.toContain(TYPED_PASSWORD.slice(at, at + 4));
            }
          },
        ),
        { numRuns: 100 },
      );
    },
  );

  it('records nothing that the terminal has not shown, in any session', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', ' ', '\b', '\r', '\n', '\x1b[K'),
      maxLength: 6,
    });
    const typed = fc.string({
      unit: fc.constantFrom('a', 'b', 'c', '\x7f', '\r', '\x1b[A'),
      maxLength: 4,
    });
    fc.assert(
      fc.property(
        fc.array(fc.oneof(typed.map(user), text.map(terminal)), {
          maxLength: 30,
        }),
        chunks => {
          const recorded = recordOf(chunks)
            .replaceAll('<masked>', '')
            .replaceAll('\x1b[A', '');
          // As many of each character as were shown, at the most.
          const shown = chunks
            .filter(({ from }) => from === 'terminal')
            .map(({ data }) => data.toString())
            .join('');
          const count = (of: string, character: string) =>
            of.split(character).length - 1;
          expect(count(recorded, 'c')).toBe(0);
          for (const character of ['a', 'b']) {
            expect(count(recorded, character)).toBeLessThanOrEqual(
              count(shown, character),
            );
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('says the same of a secret however long it is', () => {
    const recordOfSecret = (secret: string) =>
      recordOf([user(secret), user('\r'), terminal('\r\n# ')]);
    expect(recordOfSecret('x')).toBe('<masked>\r');
    expect(recordOfSecret('x'.repeat(500))).toBe('<masked>\r');
    expect(recordOfSecret('x'.repeat(200_000))).toBe('<masked>\r');
  });

  it.each([
    ['stars for it', 'Password: ', '******'],
    ['the beginning of it', '# ', 'sec'],
    ['all of it behind something else', '# ', 'you typed secret'],
    ['its end', '# ', 'cret'],
    ['it in a question for one', 'Enter the passphrase: ', 'secret'],
    ['it in a question in colours', '\x1b[1mToken?\x1b[0m ', 'secret'],
  ])('masks a line when the terminal shows %s', (_, prompt, echo) => {
    expect(
      recordOf([
        terminal(prompt),
        user('secret'),
        terminal(echo),
        user('\r'),
        terminal('\r\n'),
      ]),
    ).toBe('<masked>\r');
  });

  it('masks all of a line of which the echo was switched off in the middle', () => {
    expect(
      recordOf([
        ...byteByByte([user('se')]).flatMap(key => [
          key,
          { ...key, from: 'terminal' as const },
        ]),
        user('cret\r'),
        terminal('\r\n# '),
      ]),
    ).toBe('<masked>\r');
  });

  it('is not misled by keys that begin like an answer of the terminal', () => {
    for (const key of ['\x1b]', '\x1bP', '\x1b_', '\x1b[', '\x1bO', '\x1b']) {
      expect(
        recordOf([user(`${key}hunter2\r`), terminal('\r\n# ')]),
      ).not.toContain('unter2');
    }
  });

  it('masks what is not decided when the session ends', () => {
    expect(recordOf([user('ls'), terminal('ls')])).toBe('<masked>');
    expect(recordOf([user('ls\r')])).toBe('<masked>\r');
    expect(recordOf([user('ls\r'), terminal('ls')])).toBe('ls\r');
  });

  it('reads what line editors write when they go back, wipe out or wrap', () => {
    expect(
      recordOf([user('l'), terminal('l'), user('s\r'), terminal('\bls\r\n')]),
    ).toBe('ls\r');
    expect(recordOf([user('la\x7fs\r'), terminal('la\b \bs\r\n')])).toBe(
      'la\x7fs\r',
    );
    expect(recordOf([user('abcd\r'), terminal('ab \rcd\r\n')])).toBe('abcd\r');
    expect(recordOf([user('abcd\r'), terminal('abc\rcd\r\n')])).toBe('abcd\r');
  });

  it('ends its masking where a full-screen program ends, also in much output', () => {
    const rest = 'x'.repeat(5000);
    for (const output of ['', rest]) {
      expect(
        recordOf([
          user('q'),
          terminal('bye'),
          terminal(`${output}\x1b[?1049l${output}$ `),
          user('ls\r'),
          terminal('ls\r\n'),
        ]),
      ).toBe('<masked>ls\r');
    }
  });

  it('finds its way back after much output', () => {
    expect(
      recordOf([
        terminal(`${'x'.repeat(100_000)}\x1b[3`),
        terminal('1m\r\n# '),
        user('l'),
        terminal('l'),
        user('\r'),
      ]),
    ).toBe('l\r');
  });

  it('keeps no more than 64 KiB of what a program never shows, empty lines included', () => {
    const input = TerminalInput.create();
    const enters = Buffer.alloc(64 * 1024, '\r');
    const before = heldBytes();
    for (let count = 0; count < 32; count++) {
      expect(input.typed(enters).equals(enters)).toBe(true);
    }
    expect(heldBytes() - before).toBeLessThan(64 * 1024 * 1024);
    input.shown(Buffer.from('$ '));
    input.typed(Buffer.from('ls'));
    input.shown(Buffer.from('ls'));
    expect(input.typed(Buffer.from('\r')).toString()).toBe('ls\r');
  });
});
