import fc from 'fast-check';
import { PipedInput } from './PipedInput';

const SECRET = 'hunter2';

describe('PipedInput', () => {
  it('is recorded as it is', () => {
    const input = PipedInput.create();
    const script = 'set -e\nrm -rf /data\n';
    expect(input.typed(Buffer.from(script)).toString()).toBe(script);
    input.shown(Buffer.from('done\n'));
    expect(input.typed(Buffer.from('exit\n')).toString()).toBe('exit\n');
    input.shown(Buffer.from('# '));
    expect(input.typed(Buffer.from('id\n')).toString()).toBe('id\n');
    expect(input.end().length).toBe(0);
  });

  it('is masked where it answers a question, until something else is shown', () => {
    const input = PipedInput.create();
    input.shown(Buffer.from(`${'x'.repeat(5000)}\n[sudo] pass`));
    input.shown(Buffer.from('word for jane: '));
    const type = (...texts: string[]) =>
      texts.map(text => input.typed(Buffer.from(text)).toString()).join('|');
    expect(type('hun', 'ter2', '\n', 'hunter2\n')).toBe('<masked>\n|||');
    input.shown(Buffer.from('\r\n'));
    expect(type('hunter2\n')).toBe('');
    input.shown(Buffer.from('Sorry, try again.\n[sudo] password for jane: '));
    expect(type('hunter2\n')).toBe('<masked>\n');
    input.shown(Buffer.from('uid=0(root)\n'));
    expect(type('id\n')).toBe('id\n');
  });

  const QUESTIONS = [
    ['in colours', '\x1b[1;33mPassword:\x1b[0m '],
    ['behind bytes that only look like a sequence', '\x1b]\nPassword: '],
    ['with its answer on the next line', 'Enter the passphrase:\n'],
    ['in German', 'Kennwort für jane: '],
    ['in Polish', 'Hasło: '],
    ['in Turkish', 'Şifre:'],
    ['in Korean', '암호: '],
    ['in Vietnamese', 'Mật khẩu: '],
    ['in Arabic', 'كلمة السر؟ '],
    ['in Chinese, with its own colon', '请输入口令：'],
    ['in words of its own', 'Sesame, please? '],
  ] as const;

  it.each(QUESTIONS)(
    'keeps the answer to a question %s, wherever both are cut',
    (_, question) => {
      const shown = Buffer.from(`Last login: today\n${question}`);
      const typed = Buffer.from(`${SECRET}\n`);
      for (let at = 0; at <= shown.length; at++) {
        for (let cut = 0; cut <= typed.length; cut++) {
          const input = PipedInput.create();
          input.shown(shown.subarray(0, at));
          input.shown(shown.subarray(at));
          const recorded = [
            input.typed(typed.subarray(0, cut)),
            input.typed(typed.subarray(cut)),
            input.shown(Buffer.from('ok\n')),
            input.typed(Buffer.from('id\n')),
          ];
          expect(Buffer.concat(recorded).toString()).toBe('<masked>\nid\n');
        }
      }
    },
  );

  it('records no answer of any session, and the same however it is cut', () => {
    const turn = fc.record({
      output: fc.constantFrom('done\n', 'a: b\n', '$ ', '> ', ''),
      question: fc.option(
        fc.constantFrom(...QUESTIONS.map(([, question]) => question)),
        { nil: undefined },
      ),
      command: fc.constantFrom('id\n', 'ls', '\n'),
    });
    const cuts = fc.infiniteStream(fc.integer({ min: 1, max: 7 }));
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 8 }), cuts, (turns, lengths) => {
        const record = (next: () => number) => {
          const input = PipedInput.create();
          const recorded: Buffer[] = [];
          const feed = (text: string, take: (piece: Buffer) => Buffer) => {
            const bytes = Buffer.from(text);
            for (let at = 0; at < bytes.length; ) {
              const length = next();
              recorded.push(take(bytes.subarray(at, at + length)));
              at += length;
            }
          };
          for (const { output, question, command } of turns) {
            feed(`${output}${question ?? ''}`, piece => input.shown(piece));
            feed(question ? `${SECRET}\n` : command, piece =>
              input.typed(piece),
            );
          }
          return Buffer.concat(recorded).toString();
        };
        const whole = record(() => Infinity);
        expect(whole).not.toContain('unter');
        expect(record(() => 1)).toBe(whole);
        expect(record(() => lengths.next().value ?? 1)).toBe(whole);
      }),
      { numRuns: 300 },
    );
  });
});
