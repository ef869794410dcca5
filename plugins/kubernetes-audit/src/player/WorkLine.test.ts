import { WorkLine } from './WorkLine';

const settle = () => new Promise(resolve => setTimeout(resolve));

describe('WorkLine', () => {
  it('does one thing after the other', async () => {
    const line = WorkLine.create(() => {});
    const done: string[] = [];
    let finish = () => {};
    line.add(async () => {
      await new Promise<void>(resolve => {
        finish = resolve;
      });
      done.push('first');
    });
    const second = line.add(async () => {
      done.push('second');
    });
    await settle();
    expect(done).toEqual([]);
    finish();
    await second;
    expect(done).toEqual(['first', 'second']);
  });

  it('leaves out what is replaced, once what goes on has ended', async () => {
    const line = WorkLine.create(() => {});
    const done: string[] = [];
    line.add(async signal => {
      await new Promise(resolve => signal.addEventListener('abort', resolve));
      done.push('ended');
    });
    line.add(async () => {
      done.push('never');
    });
    await settle();
    await line.replace(async () => {
      done.push('instead');
    });
    expect(done).toEqual(['ended', 'instead']);
  });

  it('tells of errors, but not of what was replaced, and goes on', async () => {
    const errors: string[] = [];
    const line = WorkLine.create(({ message }) => errors.push(message));
    await line.add(async () => {
      throw new Error('wrong');
    });
    line.add(async signal => {
      await new Promise(resolve => signal.addEventListener('abort', resolve));
      throw new Error('of no interest');
    });
    await settle();
    const goesOn = jest.fn(async () => {});
    await line.replace(goesOn);
    expect(errors).toEqual(['wrong']);
    expect(goesOn).toHaveBeenCalled();
  });
});
