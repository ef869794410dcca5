import { recordingHeaderSchema } from 'backstage-plugin-kubernetes-audit-common';
import { recordedCommand } from './recordedCommand';

const { command: commandSchema } = recordingHeaderSchema.shape;

describe('recordedCommand', () => {
  it('tells what a recording can hold as it is', () => {
    const command = ['sh', '-c', 'x'.repeat(16_384)];
    expect(recordedCommand(command)).toEqual(command);
    const many = Array<string>(1024).fill('a');
    expect(recordedCommand(many)).toEqual(many);
  });

  it.each([
    ['more arguments', Array<string>(3000).fill('a')],
    ['a longer argument', ['sh', '-c', 'x'.repeat(16_385)]],
    ['a character at the end', [`${'x'.repeat(16_382)}😀😀`]],
  ])('leaves out what is over it: %s', (_, command) => {
    const told = recordedCommand(command);
    expect(commandSchema.parse(told)).toEqual(told);
    expect(told.at(-1)).toMatch(/…$/);
    expect(told.join('')).not.toMatch(/[\ud800-\udbff]…/);
  });
});
