import { resolve } from 'node:path';

/** The repository's folder. */
export const REPOSITORY = resolve(__dirname, '../../../..');

/** Downloads of the tests, kept between runs. */
export const CACHE = resolve(REPOSITORY, 'node_modules/.cache/e2e');

/** Screenshots. */
export const RESULTS = resolve(REPOSITORY, 'e2e-results');
