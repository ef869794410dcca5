import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import {
  ExportEncryption,
  ExportPasswordProblem,
  findExportPasswordProblem,
  LONG_EXPORT_PASSWORD_LENGTH,
  MAX_EXPORT_PASSWORD_LENGTH,
  MIN_EXPORT_PASSWORD_LENGTH,
  PasswordScore,
} from 'backstage-plugin-kubernetes-audit-common';
import { FormEvent, KeyboardEvent, useState } from 'react';
import { formatBytes } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
import { DialogActions, DialogError, ModalDialog } from '../ModalDialog';
import classes from './ExportDialog.module.css';
import { PasswordStrength } from './PasswordStrength';
import type { FileChoice } from './useFileExport';

/** Asks for a file's format, and for the password that it is encrypted with. */
export function ExportDialog<TFormat extends string>(props: {
  /** What it is called where a password is a choice. */
  title: string;
  formats: readonly { value: TFormat; label: string }[];
  /** What is chosen at first; the first of them where absent. */
  format?: TFormat;
  encryption: ExportEncryption;
  /** It was opened for the sake of the password. */
  isEncrypted?: boolean;
  /** What the portal said to the last attempt. */
  error?: string;
  isRunning: boolean;
  /** Bytes that have come so far. */
  received?: number;
  onSubmit: (choice: FileChoice<TFormat>) => void;
  onCancel: () => void;
}) {
  const { title, formats, encryption, error, isRunning, received = 0 } = props;
  const { onSubmit, onCancel } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const isRequired = encryption === 'required';
  const [format, setFormat] = useState(props.format ?? formats[0].value);
  const [isEncrypted, setIsEncrypted] = useState(
    isRequired || props.isEncrypted === true,
  );
  const [password, setPassword] = useState('');
  const [repeated, setRepeated] = useState('');
  const [problem, setProblem] = useState<string>();

  const describe: Record<ExportPasswordProblem, () => string> = {
    tooShort: () =>
      t('export.tooShort', { minimum: String(MIN_EXPORT_PASSWORD_LENGTH) }),
    tooLong: () =>
      t('export.tooLong', { maximum: String(MAX_EXPORT_PASSWORD_LENGTH) }),
    tooWeak: () =>
      t('export.tooWeak', { long: String(LONG_EXPORT_PASSWORD_LENGTH) }),
  };
  const findProblem = async () => {
    const found = findExportPasswordProblem(password, await loadEstimate());
    if (found) {
      return describe[found]();
    }
    return password === repeated ? undefined : t('export.mismatch');
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const found = isEncrypted ? await findProblem() : undefined;
    setProblem(found);
    if (!found && !isRunning) {
      onSubmit(isEncrypted ? { format, password } : { format });
    }
  };
  const shown = problem ?? error;

  return (
    <ModalDialog
      title={isRequired ? t('export.title') : title}
      onClose={onCancel}
      onKeyDown={(event: KeyboardEvent) => {
        // The player below would take keys that are meant for these fields.
        event.stopPropagation();
        if (event.key === 'Escape') {
          onCancel();
        }
      }}
    >
      <form className={classes.form} onSubmit={submit}>
        {isRequired && <p className={classes.text}>{t('export.intro')}</p>}
        <label className={classes.field}>
          <span>{t('export.format')}</span>
          {/* Native: it needs no layer over the dialog. */}
          <select
            value={format}
            onChange={event =>
              setFormat(
                formats.find(({ value }) => value === event.target.value)
                  ?.value ?? format,
              )
            }
          >
            {formats.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </label>
        {encryption === 'optional' && (
          <label className={classes.check}>
            <input
              type="checkbox"
              checked={isEncrypted}
              onChange={event => setIsEncrypted(event.target.checked)}
            />
            {t('export.encrypt')}
          </label>
        )}
        {isEncrypted && (
          <>
            {!isRequired && (
              <p className={classes.text}>{t('export.introEncrypted')}</p>
            )}
            <PasswordField
              label={t('export.password')}
              value={password}
              onChange={setPassword}
            />
            <PasswordStrength password={password} />
            <PasswordField
              label={t('export.repeat')}
              value={repeated}
              onChange={setRepeated}
            />
          </>
        )}
        {shown && <DialogError>{shown}</DialogError>}
        <DialogActions>
          <span role="status" className={classes.progress}>
            {received > 0 &&
              t('export.received', { size: formatBytes(received) })}
          </span>
          <Button variant="tertiary" onPress={onCancel}>
            {t('export.cancel')}
          </Button>
          <Button variant="primary" type="submit" isPending={isRunning}>
            {t('export.submit')}
          </Button>
        </DialogActions>
      </form>
    </ModalDialog>
  );
}

/** The portal estimates it again: where the word lists cannot be had, it is left to the portal. */
async function loadEstimate(): Promise<(password: string) => PasswordScore> {
  try {
    return (await import('./estimatePassword')).estimatePassword;
  } catch {
    return () => 4;
  }
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
