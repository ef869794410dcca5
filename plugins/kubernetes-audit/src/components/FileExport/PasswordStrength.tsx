import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import type { PasswordScore } from 'backstage-plugin-kubernetes-audit-common';
import { useEffect, useState } from 'react';
import { kubernetesAuditTranslationRef } from '../../translations';
import classes from './PasswordStrength.module.css';

/** How hard a password is to guess. */
export function PasswordStrength(props: { password: string }) {
  const { password } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const [score, setScore] = useState<PasswordScore>();

  useEffect(() => {
    let isStale = false;
    // Its word lists are large: they come when somebody types.
    (password ? import('./estimatePassword') : Promise.resolve(undefined)).then(
      estimator => {
        if (!isStale) {
          setScore(estimator?.estimatePassword(password));
        }
      },
      // Without it there is no hint, but the password is as good.
      () => setScore(undefined),
    );
    return () => {
      isStale = true;
    };
  }, [password]);

  return (
    <div className={classes.strength} data-score={score}>
      <div className={classes.meter} aria-hidden>
        <div className={classes.bar} />
      </div>
      <span role="status">
        {score !== undefined &&
          t('export.strength', { strength: t(`export.strength${score}`) })}
      </span>
    </div>
  );
}
