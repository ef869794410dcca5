/** A player that is measured. */
export type Contender = {
  name: string;
  /** Of its page, below the pages' URL. */
  page: string;
  /** So often a recording of the size is measured at the most. */
  maxRounds: (sizeMb: number) => number;
  /** Whether it also seeks to the marks that no check is about alone. */
  seeksEverywhere: boolean;
};

export const PORTAL = 'this player';
export const SEGMENTED = 'asciinema, segmented';
export const WHOLE = 'asciinema, whole file';

/** Whole files above so many MB are slow enough to be clear … */
const LARGE_MB = 100;
/** … and above so many are more than a string in JavaScript holds. */
const HUGE_MB = 500;

/** All that are measured, in the order of a round. */
export const CONTENDERS: Contender[] = [
  {
    name: PORTAL,
    page: '',
    maxRounds: () => Infinity,
    seeksEverywhere: true,
  },
  {
    name: SEGMENTED,
    page: 'asciinema.html?segmented',
    maxRounds: () => Infinity,
    seeksEverywhere: true,
  },
  {
    name: WHOLE,
    page: 'asciinema.html',
    maxRounds: sizeMb => {
      if (sizeMb > HUGE_MB) {
        return 1;
      }
      return sizeMb > LARGE_MB ? 3 : Infinity;
    },
    seeksEverywhere: false,
  },
];
