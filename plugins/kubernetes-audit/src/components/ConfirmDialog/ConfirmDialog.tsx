import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import { ReactNode, useState } from 'react';
import { failureOf } from '../../api';
import { kubernetesAuditTranslationRef } from '../../translations';
import { DialogActions, DialogError, ModalDialog } from '../ModalDialog';

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
    <ModalDialog title={title} onClose={() => onClose(false)}>
      {children}
      {error && <DialogError>{error}</DialogError>}
      <DialogActions>
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
      </DialogActions>
    </ModalDialog>
  );
}
