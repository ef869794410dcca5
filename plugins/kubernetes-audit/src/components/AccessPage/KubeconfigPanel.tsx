import { useApi } from '@backstage/core-plugin-api';
import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import GetAppIcon from '@material-ui/icons/GetApp';
import type {
  AccessResponse,
  KubeconfigRequest,
  KubeconfigResponse,
} from 'backstage-plugin-kubernetes-audit-common';
import { useState } from 'react';
import { failureOf, kubernetesAuditApiRef } from '../../api';
import { formatMinute, formatTimestamp } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
import { PillGroup } from '../AuditList';
import { CommandLine } from '../CommandLine';
import { saveFile } from '../FileExport/saveFile';
import { Field, Panel } from '../Panel';
import classes from './AccessPage.module.css';
import { useDurationText } from './useDurationText';

/** The value of the choice of all clusters: no cluster has an empty name. */
const ALL = '';

/** What was asked for and given. */
type Given = {
  answer: KubeconfigResponse;
  fileName: string;
  cluster: string;
};

/** Gives kubeconfigs, and the commands that use them. */
export function KubeconfigPanel(props: {
  access: AccessResponse;
  onIssued: () => void;
}) {
  const { access, onIssued } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const api = useApi(kubernetesAuditApiRef);
  const durationText = useDurationText();
  const [cluster, setCluster] = useState(ALL);
  const [credential, setCredential] =
    useState<KubeconfigRequest['credential']>('token');
  const [isOldKubectl, setIsOldKubectl] = useState(false);
  const [isRunning, setIsRunning] = useState(false);
  const [given, setGiven] = useState<Given>();
  const [error, setError] = useState<string>();

  const issue = async () => {
    setIsRunning(true);
    setError(undefined);
    try {
      const answer = await api.issueKubeconfig({
        ...(cluster !== ALL && { clusters: [cluster] }),
        credential,
        ...(credential === 'login' &&
          isOldKubectl && { execApiVersion: 'v1beta1' as const }),
      });
      const fileName = fileNameFor(cluster, answer.credential);
      saveFile({
        blob: new Blob([answer.kubeconfig], { type: 'application/yaml' }),
        fileName,
      });
      setGiven({
        answer,
        fileName,
        cluster: cluster === ALL ? access.clusters[0].name : cluster,
      });
      onIssued();
    } catch (failure) {
      setGiven(undefined);
      setError(failureOf(failure as Error).message);
    } finally {
      setIsRunning(false);
    }
  };

  return (
    <Panel title={t('access.kubeconfig')}>
      <div className={classes.form}>
        <div className={classes.select}>
          <Field label={t('access.contexts')}>
            <select
              value={cluster}
              onChange={event => {
                setCluster(event.target.value);
                setGiven(undefined);
              }}
            >
              <option value={ALL}>
                {t('access.allClusters', {
                  clusters: String(access.clusters.length),
                })}
              </option>
              {access.clusters.map(({ name }) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </Field>
        </div>
        <PillGroup
          label={t('access.credential')}
          type="radio"
          options={[
            { value: 'token', label: t('access.withToken') },
            { value: 'login', label: t('access.withLogin') },
          ]}
          selected={[credential]}
          onChange={value => {
            setCredential(value);
            setGiven(undefined);
          }}
        />
      </div>
      <p className={classes.text}>
        {credential === 'token'
          ? t('access.tokenHint', {
              lifetime: durationText(access.credentialLifetimeMs),
            })
          : t('access.loginHint', {
              lifetime: durationText(access.loginLifetimeMs),
            })}
      </p>
      {credential === 'login' && (
        <label className={classes.check}>
          <input
            type="checkbox"
            checked={isOldKubectl}
            onChange={event => setIsOldKubectl(event.target.checked)}
          />
          {t('access.oldKubectl')}
        </label>
      )}
      <div className={classes.actions}>
        <Button
          variant="primary"
          iconStart={<GetAppIcon fontSize="inherit" />}
          isPending={isRunning}
          onPress={issue}
        >
          {t('access.get')}
        </Button>
      </div>
      {error && (
        <p role="alert" className={classes.error}>
          {t('access.failed', { message: error })}
        </p>
      )}
      {given && <GivenKubeconfig given={given} />}
    </Panel>
  );
}

function GivenKubeconfig({ given }: { given: Given }) {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const { answer, fileName, cluster } = given;
  return (
    <>
      <p role="status" className={classes.good}>
        {answer.credential
          ? t('access.saved', {
              fileName,
              expiresAt: formatTimestamp(answer.credential.expiresAt),
            })
          : t('access.savedLogin', { fileName })}
      </p>
      <ol className={classes.commands}>
        <li>
          {t('access.stepProtect')}
          <CommandLine command={`chmod 600 ~/Downloads/${fileName}`} />
        </li>
        <li>
          {t('access.stepExport')}
          <CommandLine command={`export KUBECONFIG=~/Downloads/${fileName}`} />
        </li>
        <li>
          {t('access.stepTry')}
          <CommandLine
            command={`kubectl --context ${shellWord(cluster)} get pods`}
          />
        </li>
      </ol>
    </>
  );
}

/** Another one for each secret: of two with one name, a browser would save the later one under a third. */
function fileNameFor(
  cluster: string,
  credential: KubeconfigResponse['credential'],
): string {
  const parts = [
    'kubeconfig',
    cluster.replace(/[^A-Za-z0-9._-]+/g, '-'),
    credential
      ? `until-${formatMinute(credential.expiresAt).replace(/\D+/g, '-')}`
      : 'login',
  ];
  return `${parts.filter(Boolean).join('-')}.yaml`;
}

/** As a shell takes it for one word. */
function shellWord(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;
}
