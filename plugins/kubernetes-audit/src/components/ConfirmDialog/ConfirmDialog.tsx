import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import Dialog from '@material-ui/core/Dialog';
import { ReactNode, useId, useState } from 'react';
import { failureOf } from '../../api';
import { kubernetesAuditTranslationRef } from '../../translations';
import surface from '../Surface/Surface.module.css';
import classes from './ConfirmDialog.module.css';

/** What can be answered: its button, and what that does. */
type Answer = { label: string; run: () => Promise<void> };

/** Asks before something is done that cannot be undone, does it, and says why it failed. */
export function ConfirmDialog(props: {
  title: string;
  /** What happens then: paragraphs. */
  children: ReactNode;
  confirm: Answer;
  /** What goes further. */
  alternative?: Answer;
  onClose: (isDone: boolean) => void;
}) {
  const { title, children, confirm, alternative, onClose } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const titleId = useId();
  const [isRunning, setIsRunning] = useState(false);
  const [error, setError] = useState<string>();

  const answer = async ({ run }: Answer) => {
    setIsRunning(true);
    setError(undefined);
    try {
      await run();
      onClose(true);
    } catch (failure) {
      setError(failureOf(failure as Error).message);
      setIsRunning(false);
    }
  };
  return (
    <Dialog
      open
      onClose={() => onClose(false)}
      PaperProps={{
        'aria-modal': true,
        'aria-labelledby': titleId,
        className: `${surface.surface} ${classes.paper}`,
      }}
    >
      <div className={classes.content}>
        <h2 id={titleId} className={classes.title}>
          {title}
        </h2>
        {children}
        {error && (
          <p role="alert" className={classes.error}>
            {error}
          </p>
        )}
        <div className={classes.actions}>
          <Button variant="tertiary" onPress={() => onClose(false)}>
            {t('export.cancel')}
          </Button>
          {alternative && (
            <Button
              variant="secondary"
              isDisabled={isRunning}
              onPress={() => answer(alternative)}
            >
              {alternative.label}
            </Button>
          )}
          <Button
            variant="primary"
            isPending={isRunning}
            onPress={() => answer(confirm)}
          >
            {confirm.label}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
