import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import {
  MAX_REQUEST_BODY_BYTES,
  StoredRequestAuditEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import { formatBytes } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
import { CodeBlock } from '../CodeBlock';
import classes from './RequestBody.module.css';

/** The YAML that was sent, as far as it was kept. */
export function RequestBody(props: {
  event: Pick<
    StoredRequestAuditEvent,
    'requestBody' | 'requestBodyTruncated' | 'requestBodySize'
  >;
}) {
  const { requestBody, requestBodyTruncated, requestBodySize } = props.event;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  if (!requestBody) {
    return <p className={classes.none}>{t('details.noBody')}</p>;
  }
  const size =
    requestBodySize === undefined ? undefined : formatBytes(requestBodySize);
  return (
    <CodeBlock
      label={t('field.requestBody')}
      text={requestBody}
      note={
        requestBodyTruncated
          ? t('details.cut', {
              limit: formatBytes(MAX_REQUEST_BODY_BYTES),
              size: size ?? formatBytes(MAX_REQUEST_BODY_BYTES),
            })
          : size
      }
    />
  );
}
