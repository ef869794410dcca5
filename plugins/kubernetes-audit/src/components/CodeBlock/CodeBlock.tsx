import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import FileCopyOutlinedIcon from '@material-ui/icons/FileCopyOutlined';
import { useMemo } from 'react';
import useCopyToClipboard from 'react-use/esm/useCopyToClipboard';
import { visibleText } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
import classes from './CodeBlock.module.css';
import { tokenizeYaml } from './tokenizeYaml';

/** YAML or JSON, to be read and copied. */
export function CodeBlock(props: {
  label: string;
  text: string;
  /** What is said of the text, over it. */
  note?: string;
}) {
  const { label, text, note } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const [copied, copy] = useCopyToClipboard();
  const tokens = useMemo(() => tokenizeYaml(text), [text]);
  return (
    <>
      <div className={classes.bar}>
        <span className={classes.note}>{note}</span>
        <Button
          size="small"
          variant="secondary"
          iconStart={<FileCopyOutlinedIcon fontSize="inherit" />}
          onPress={() => copy(text)}
        >
          {copied.value === text ? t('details.copied') : t('details.copy')}
        </Button>
      </div>
      <pre
        className={classes.code}
        role="region"
        aria-label={label}
        // Scrollable by keyboard.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
      >
        {tokens.map((token, index) => (
          <span key={index} data-kind={token.kind}>
            {visibleText(token.text)}
          </span>
        ))}
      </pre>
    </>
  );
}
