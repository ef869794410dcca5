/*
 * asciinema-player in a page, the whole recording or its segmented mode by the
 * page's query.
 */
import { servePlayer } from './MeasuredPlayer';

const MICROSECONDS_PER_SECOND = 1_000_000;

type Player = { seek(seconds: number): Promise<unknown> };

declare const AsciinemaPlayer: {
  create(
    source: { url: string; format?: string; fetchOpts: RequestInit },
    element: Element,
    options: object,
  ): Player;
};

const isSegmented = new URLSearchParams(window.location.search).has(
  'segmented',
);
let player: Player | undefined;

servePlayer(
  {
    open: ({ id, api, firstTime }) => {
      const path = `${api}/v1/recordings/${id}`;
      const fetchOpts = {
        headers: { authorization: `Bearer ${window.playerToken}` },
      };
      player = AsciinemaPlayer.create(
        isSegmented
          ? { url: `${path}/segments`, format: 'segmented', fetchOpts }
          : { url: `${path}/download?format=v2`, fetchOpts },
        document.getElementById('player') as Element,
        {
          poster: `npt:${firstTime / MICROSECONDS_PER_SECOND}`,
          fit: 'both',
        },
      );
    },
    seek: time => {
      player?.seek(time / MICROSECONDS_PER_SECOND);
    },
    findScreen: () => document.querySelector('.ap-term-text'),
  },
  Promise.resolve(),
);
