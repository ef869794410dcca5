import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import { MIN_EXPORT_PASSWORD_LENGTH } from 'backstage-plugin-kubernetes-audit-common';
import Dialog from '@material-ui/core/Dialog';
import { FormEvent, KeyboardEvent, useId, useState } from 'react';
import { kubernetesAuditTranslationRef } from '../../translations';
import surface from '../Surface/Surface.module.css';
import classes from './ExportDialog.module.css';

/** Asks for the password that an exported file is encrypted with. */
export function ExportDialog(props: {
  /** What the portal said to the last attempt. */
  error?: string;
  onSubmit: (password: string) => void;
  onCancel: () => void;
}) {
  const { error, onSubmit, onCancel } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const titleId = useId();
  const [password, setPassword] = useState('');
  const [repeated, setRepeated] = useState('');
  const [problem, setProblem] = useState<string>();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (password.length < MIN_EXPORT_PASSWORD_LENGTH) {
      setProblem(
        t('export.tooShort', { minimum: String(MIN_EXPORT_PASSWORD_LENGTH) }),
      );
    } else if (password !== repeated) {
      setProblem(t('export.mismatch'));
    } else {
      onSubmit(password);
    }
  };
  const shown = problem ?? error;

  return (
    <Dialog
      open
      onClose={onCancel}
      onKeyDown={(event: KeyboardEvent) => {
        // The player below would take keys that are meant for these fields.
        event.stopPropagation();
        if (event.key === 'Escape') {
          onCancel();
        }
      }}
      PaperProps={{
        'aria-modal': true,
        'aria-labelledby': titleId,
        className: `${surface.surface} ${classes.paper}`,
      }}
    >
      <form className={classes.form} onSubmit={submit}>
        <h2 id={titleId} className={classes.title}>
          {t('export.title')}
        </h2>
        <p className={classes.text}>{t('export.intro')}</p>
        <PasswordField
          label={t('export.password')}
          value={password}
          onChange={setPassword}
        />
        <PasswordField
          label={t('export.repeat')}
          value={repeated}
          onChange={setRepeated}
        />
        {shown && (
          <p role="alert" className={classes.error}>
            {shown}
          </p>
        )}
        <div className={classes.actions}>
          <Button variant="tertiary" onPress={onCancel}>
            {t('export.cancel')}
          </Button>
          <Button variant="primary" type="submit">
            {t('export.submit')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function PasswordField(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const { label, value, onChange } = props;
  return (
    <label className={classes.field}>
      <span>{label}</span>
      <input
        type="password"
        autoComplete="new-password"
        value={value}
        onChange={event => onChange(event.target.value)}
      />
    </label>
  );
}
