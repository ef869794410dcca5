import type { AuthMetadata } from '@backstage/plugin-kubernetes-node';

/**
 * The tokens of clusters as one request has them, by their metadata: aside, so
 * that nothing that prints or hands out a cluster does so with its token.
 */
export type IssuedTokens = WeakMap<AuthMetadata, string>;
