import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import FileCopyOutlinedIcon from '@material-ui/icons/FileCopyOutlined';
import {
  MAX_REQUEST_BODY_BYTES,
  StoredRequestAuditEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import useCopyToClipboard from 'react-use/esm/useCopyToClipboard';
import { formatBytes } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
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
  const [copied, copy] = useCopyToClipboard();
  if (!requestBody) {
    return <p className={classes.note}>{t('details.noBody')}</p>;
  }
  return (
    <>
      <div className={classes.bar}>
        <span className={classes.note}>
          {requestBodyTruncated
            ? t('details.cut', {
                limit: formatBytes(MAX_REQUEST_BODY_BYTES),
                size: formatBytes(requestBodySize ?? MAX_REQUEST_BODY_BYTES),
              })
            : requestBodySize !== undefined && formatBytes(requestBodySize)}
        </span>
        <Button
          size="small"
          variant="secondary"
          iconStart={<FileCopyOutlinedIcon fontSize="inherit" />}
          onPress={() => copy(requestBody)}
        >
          {copied.value === requestBody
            ? t('details.copied')
            : t('details.copy')}
        </Button>
      </div>
      <pre
        className={classes.body}
        role="region"
        aria-label={t('field.requestBody')}
        // Scrollable by keyboard.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
      >
        {requestBody}
      </pre>
    </>
  );
}
