import { TurnBatch } from './TurnBatch';

const KIBIBYTE = 1024;

/** A batch whose pieces are kept, and given back only when asked for. */
function collecting() {
  const pieces: { bytes: Buffer; done: () => void }[] = [];
  const batch = TurnBatch.create((bytes, done) => pieces.push({ bytes, done }));
  return { batch, pieces };
}
const turn = () => new Promise(resolve => setImmediate(resolve));

describe('TurnBatch', () => {
  it('passes on in one piece what came in one turn, and nothing in a turn without', async () => {
    const { batch, pieces } = collecting();
    batch.add(Buffer.from('one '));
    batch.add(Buffer.from('two'));
    expect(pieces).toEqual([]);
    await turn();
    await turn();
    batch.add(Buffer.from('three'));
    await turn();
    expect(pieces.map(({ bytes }) => bytes.toString())).toEqual([
      'one two',
      'three',
    ]);
  });

  it('passes on at once what it is told to, and not once more', async () => {
    const { batch, pieces } = collecting();
    batch.add(Buffer.from('early'));
    batch.flush();
    batch.flush();
    expect(pieces.map(({ bytes }) => bytes.toString())).toEqual(['early']);
    await turn();
    expect(pieces.length).toBe(1);
  });

  it('waits for no turn when much comes, and keeps all of it in order', async () => {
    const { batch, pieces } = collecting();
    const sent = Buffer.alloc(300 * KIBIBYTE, 'abcdefg');
    batch.add(sent.subarray(0, 100_000));
    batch.add(sent.subarray(100_000));
    expect(pieces.map(({ bytes }) => bytes.length)).toEqual([
      128 * KIBIBYTE,
      128 * KIBIBYTE,
    ]);
    await turn();
    expect(Buffer.concat(pieces.map(({ bytes }) => bytes))).toEqual(sent);
  });

  it('uses memory again when it was given back, and not before', async () => {
    const { batch, pieces } = collecting();
    const fill = async (letter: string) => {
      batch.add(Buffer.alloc(100 * KIBIBYTE, letter));
      await turn();
    };
    await fill('a');
    await fill('b');
    expect(pieces[0].bytes).toEqual(Buffer.alloc(100 * KIBIBYTE, 'a'));
    pieces.forEach(({ done }) => done());
    await fill('c');
    const [first, second, third] = pieces.map(({ bytes }) => bytes.buffer);
    expect(first).not.toBe(second);
    expect([first, second]).toContain(third);
  });

  it('gives little no memory that much would need', async () => {
    const { batch, pieces } = collecting();
    batch.add(Buffer.from('a key'));
    await turn();
    expect(pieces[0].bytes.buffer.byteLength).toBeLessThan(128 * KIBIBYTE);
  });
});
