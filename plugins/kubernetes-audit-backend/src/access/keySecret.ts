import type {
  LoggerService,
  RootConfigService,
} from '@backstage/backend-plugin-api';
import type { Knex } from 'knex';
import { randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;

type KeySecretRow = { id: number; secret: string };

/**
 * The secret that encrypts signing keys: `kubernetesAudit.keys.encryptionSecret`,
 * or the first of `backend.auth.keys`. Without either, a portal in production
 * does not start. Anywhere else a secret is made and kept in the database,
 * where it protects nothing, but lets the plugin be tried without preparation.
 *
 * @throws Error in production when no secret is configured
 */
export async function readKeySecret(options: {
  config: RootConfigService;
  knex: Knex;
  logger: LoggerService;
  production: boolean;
}): Promise<string> {
  const { config, knex, logger, production } = options;
  const configured =
    config.getOptionalString('kubernetesAudit.keys.encryptionSecret') ??
    config
      .getOptionalConfigArray('backend.auth.keys')?.[0]
      ?.getOptionalString('secret');
  if (configured !== undefined) {
    return configured;
  }
  if (production) {
    throw new Error(
      'Set kubernetesAudit.keys.encryptionSecret: it encrypts the signing keys in the database',
    );
  }
  logger.warn(
    'kubernetesAudit.keys.encryptionSecret is not set: the signing keys are not protected in the database. In production the plugin does not start so.',
  );
  await knex<KeySecretRow>('key_secrets')
    .insert({ id: 1, secret: randomBytes(SECRET_BYTES).toString('base64') })
    .onConflict('id')
    .ignore();
  const [row] = await knex<KeySecretRow>('key_secrets').where('id', 1);
  return row.secret;
}
