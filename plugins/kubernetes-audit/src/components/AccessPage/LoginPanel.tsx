import { useApi } from '@backstage/core-plugin-api';
import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import type { PendingLogin } from 'backstage-plugin-kubernetes-audit-common';
import { FormEvent, useCallback, useEffect, useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import { failureOf, kubernetesAuditApiRef } from '../../api';
import { formatTimestamp } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
import { Field, Panel } from '../Panel';
import classes from './AccessPage.module.css';

/** The parameter that a command line's address has its code in. */
export const CODE_PARAM = 'login';

type Step =
  | { name: 'enter'; error?: string }
  | { name: 'look' }
  | { name: 'decide'; login: PendingLogin; error?: string }
  | { name: 'approved' | 'denied' };

/** Signs a command line in that shows a code. */
export function LoginPanel(props: { onApproved: () => void }) {
  const { onApproved } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const api = useApi(kubernetesAuditApiRef);
  const [params, setParams] = useSearchParams();
  const asked = params.get(CODE_PARAM) ?? '';
  const [code, setCode] = useState(asked);
  const [step, setStep] = useState<Step>(
    asked ? { name: 'look' } : { name: 'enter' },
  );

  const look = useCallback(
    async (userCode: string) => {
      setStep({ name: 'look' });
      try {
        setStep({ name: 'decide', login: await api.findLogin(userCode) });
      } catch (error) {
        const { kind, message } = failureOf(error as Error);
        setStep({
          name: 'enter',
          error: kind === 'notFound' ? t('login.unknown') : message,
        });
      }
    },
    [api, t],
  );
  useEffect(() => {
    if (asked) {
      setCode(asked);
      look(asked);
    }
  }, [asked, look]);

  const decide = async (login: PendingLogin, decision: 'approve' | 'deny') => {
    try {
      await api.decideLogin(login.userCode, decision);
      setStep({ name: decision === 'approve' ? 'approved' : 'denied' });
      // The code is of no use any more: a reload would complain of it.
      setParams(
        previous => {
          previous.delete(CODE_PARAM);
          return previous;
        },
        { replace: true },
      );
      onApproved();
    } catch (error) {
      setStep({
        name: 'decide',
        login,
        error: failureOf(error as Error).message,
      });
    }
  };

  switch (step.name) {
    case 'decide':
      return (
        <Decision
          login={step.login}
          error={step.error}
          onDecide={decision => decide(step.login, decision)}
        />
      );
    case 'approved':
    case 'denied':
      return (
        <Panel title={t('login.title')}>
          <p role="status" className={classes.good}>
            {t(`login.${step.name}`)}
          </p>
        </Panel>
      );
    default:
      return (
        <Panel title={t('login.title')}>
          <p className={classes.text}>{t('login.intro')}</p>
          <form
            className={classes.form}
            onSubmit={(event: FormEvent) => {
              event.preventDefault();
              if (code.trim()) {
                look(code.trim());
              }
            }}
          >
            <div className={classes.code}>
              <Field label={t('login.code')}>
                <input
                  value={code}
                  onChange={event => setCode(event.target.value)}
                  placeholder="WDJB-MJHT"
                  autoComplete="one-time-code"
                  autoCapitalize="characters"
                  spellCheck={false}
                  maxLength={16}
                />
              </Field>
            </div>
            <Button
              type="submit"
              variant="secondary"
              isPending={step.name === 'look'}
            >
              {t('login.continue')}
            </Button>
          </form>
          {step.name === 'enter' && step.error && (
            <p role="alert" className={classes.error}>
              {step.error}
            </p>
          )}
        </Panel>
      );
  }
}

function Decision(props: {
  login: PendingLogin;
  error?: string;
  onDecide: (decision: 'approve' | 'deny') => Promise<void>;
}) {
  const { login, error, onDecide } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const [isRunning, setIsRunning] = useState(false);
  const decide = async (decision: 'approve' | 'deny') => {
    setIsRunning(true);
    await onDecide(decision);
    setIsRunning(false);
  };
  return (
    <Panel title={t('login.question')}>
      <p className={classes.text}>{t('login.compare')}</p>
      <p className={classes.shownCode}>{login.userCode}</p>
      <dl className={classes.facts}>
        <dt>{t('login.host')}</dt>
        <dd>{login.hostName}</dd>
        <dt>{t('login.address')}</dt>
        <dd>{login.clientIp}</dd>
        <dt>{t('login.requestedAt')}</dt>
        <dd>{formatTimestamp(login.requestedAt)}</dd>
      </dl>
      <p className={classes.warning}>
        {t('login.warning')}
        {!login.isSameAddress && ` ${t('login.otherAddress')}`}
      </p>
      {error && (
        <p role="alert" className={classes.error}>
          {error}
        </p>
      )}
      <div className={classes.actions}>
        <Button
          variant="primary"
          isPending={isRunning}
          onPress={() => decide('approve')}
        >
          {t('login.approve')}
        </Button>
        <Button
          variant="secondary"
          isDisabled={isRunning}
          onPress={() => decide('deny')}
        >
          {t('login.deny')}
        </Button>
      </div>
    </Panel>
  );
}
