import Router from 'express-promise-router';
import type { SigningKeys } from '../access';

/** The one path that needs no credentials. */
export const KEYS_PATH = '/.well-known/jwks.json';

/** The public keys, for everybody. */
export function createKeysRouter(keys: SigningKeys) {
  const router = Router();

  router.get(KEYS_PATH, async (_, response) => {
    response.json({ keys: await keys.listPublicKeys() });
  });

  return router;
}
