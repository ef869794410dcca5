import { endorse, KeyPair, makeKey } from './__testUtils__/SigningPortal';
import { followKeyChain } from './followKeyChain';

describe('followKeyChain', () => {
  let keys: KeyPair[];

  beforeAll(async () => {
    keys = await Promise.all([
      makeKey(),
      makeKey('EdDSA'),
      makeKey(),
      makeKey(),
    ]);
  });
  const chainOf = (links: [endorsed: number, by: number][]) =>
    Promise.all(links.map(([key, by]) => endorse(keys[key], keys[by])));
  const follow = (trusted: number[], chain: string[]) =>
    followKeyChain(
      trusted.map(i => keys[i].jwk.kid),
      chain,
    );

  it.each([
    { trusted: [0], endorsed: [1, 2, 3] },
    { trusted: [2], endorsed: [3] },
    { trusted: [3], endorsed: [] },
    { trusted: [], endorsed: [] },
  ])(
    'from the keys $trusted reaches $endorsed',
    async ({ trusted, endorsed }) => {
      const chain = await chainOf([
        [1, 0],
        [2, 1],
        [3, 2],
      ]);
      expect(await follow(trusted, chain)).toEqual(
        endorsed.map(i => keys[i].jwk),
      );
    },
  );

  it('ends where a link is missing', async () => {
    const chain = await chainOf([
      [1, 0],
      [3, 2],
    ]);
    expect(await follow([0], chain)).toEqual([keys[1].jwk]);
  });

  it('refuses a signature in the name of a trusted key', async () => {
    const [, , stranger, trusted] = keys;
    const forged = await endorse(stranger, stranger, { as: trusted });
    await expect(follow([3], [forged])).rejects.toThrow(
      'signature verification failed',
    );
  });

  it('takes no other signed text for an endorsement', async () => {
    const other = await endorse(keys[2], keys[0], { typ: 'JWT' });
    expect(await follow([0], [other])).toEqual([]);
  });
});
