import { PipedInput } from './PipedInput';

describe('PipedInput', () => {
  it('is recorded as it is', () => {
    const input = PipedInput.create();
    const script = 'set -e\nrm -rf /data\n';
    expect(input.typed(Buffer.from(script)).toString()).toBe(script);
    input.shown(Buffer.from('done\n'));
    expect(input.typed(Buffer.from('exit\n')).toString()).toBe('exit\n');
    expect(input.end().length).toBe(0);
  });

  it('is masked where it answers a question for a secret', () => {
    const input = PipedInput.create();
    input.shown(Buffer.from(`${'x'.repeat(5000)}\n[sudo] pass`));
    input.shown(Buffer.from('word for jane: '));
    expect(
      ['hun', 'ter2', '\n', 'id\n']
        .map(text => input.typed(Buffer.from(text)).toString())
        .join('|'),
    ).toBe('<masked>||\n|id\n');
  });

  it.each([
    ['in colours', '\x1b[1;33mPassword:\x1b[0m '],
    ['behind bytes that only look like a sequence', '\x1b]\nPassword: '],
  ])('is masked where the question comes %s', (_, question) => {
    const input = PipedInput.create();
    input.shown(Buffer.from(question));
    expect(input.typed(Buffer.from('hunter2\n')).toString()).toBe('<masked>\n');
    expect(input.typed(Buffer.from('id\n')).toString()).toBe('id\n');
  });
});
