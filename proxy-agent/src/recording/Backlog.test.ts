import { Backlog } from './Backlog';

/** A piece of work that ends when it is told to. */
function work() {
  let end: (error?: Error) => void = () => {};
  const piece = new Promise<void>((resolve, reject) => {
    end = error => (error ? reject(error) : resolve());
  });
  return { piece, end: (error?: Error) => end(error) };
}

describe('Backlog', () => {
  it('is full beyond its limit until a piece has ended, well or not', async () => {
    const backlog = Backlog.create(1);
    const [first, second, third] = [work(), work(), work()];
    backlog.add(first.piece);
    expect(backlog.isFull).toBe(false);
    backlog.add(second.piece);
    backlog.add(third.piece);
    expect(backlog.isFull).toBe(true);
    const relieved = backlog.relieved;
    first.end(new Error('it failed'));
    await relieved;
    expect(backlog.isFull).toBe(true);
    second.end();
    await backlog.relieved;
    expect(backlog.isFull).toBe(false);
  });

  it('tells when all has ended, also where there is nothing', async () => {
    const backlog = Backlog.create(1);
    await backlog.ended();
    await backlog.relieved;
    const [first, second] = [work(), work()];
    backlog.add(first.piece);
    backlog.add(second.piece);
    let ended = false;
    const all = backlog.ended().then(() => {
      ended = true;
    });
    first.end();
    await backlog.relieved;
    expect(ended).toBe(false);
    second.end();
    await all;
    expect(ended).toBe(true);
  });
});
