import { resolve } from 'node:path';

/** The repository's folder. */
export const REPOSITORY = resolve(__dirname, '../../../..');

/** Downloads of the tests, kept between runs. */
export const CACHE = resolve(REPOSITORY, 'node_modules/.cache/e2e');

/** Screenshots. */
export const RESULTS = resolve(REPOSITORY, 'e2e-results');

/** A small Kubernetes that comes with the workspace, not with the repository. */
export const TEST_CLUSTER = resolve(REPOSITORY, '../shared/cluster');
