import type { RootConfigService } from '@backstage/backend-plugin-api';
import { DefaultAwsCredentialsManager } from '@backstage/integration-aws-node';
import type { BlobStore } from 'backstage-plugin-kubernetes-audit-node';
import type { KubernetesAuditConfig } from '../../config';
import { DiskBlobStore } from './DiskBlobStore';
import { S3BlobStore } from './S3BlobStore';

/** @param rootConfig - Backstage's own, which may name AWS accounts */
export async function createBlobStore(
  { path, s3 }: KubernetesAuditConfig['recordings'],
  rootConfig: RootConfigService,
): Promise<BlobStore> {
  if (!s3) {
    return await DiskBlobStore.create(path);
  }
  const { accessKeyId, secretAccessKey } = s3;
  const account = await DefaultAwsCredentialsManager.fromConfig(
    rootConfig,
  ).getCredentialProvider({ accountId: s3.accountId });
  return S3BlobStore.create(
    {
      region: s3.region,
      endpoint: s3.endpoint,
      forcePathStyle: s3.pathStyle,
      credentials:
        accessKeyId !== undefined && secretAccessKey !== undefined
          ? { accessKeyId, secretAccessKey }
          : account.sdkCredentialProvider,
    },
    { bucket: s3.bucket, prefix: s3.prefix, encryption: s3.encryption },
  );
}
