import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import type {
  AgentStatus,
  JoinTokenRequest,
  JoinTokenResponse,
} from 'backstage-plugin-kubernetes-audit-common';
import { ReactNode, useState } from 'react';
import { formatTimestamp } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
import { PillGroup } from '../AuditList';
import { CodeBlock } from '../CodeBlock';
import { CommandLine } from '../CommandLine';
import classes from './AgentsPage.module.css';
import {
  NamedText,
  proxyClusterEntries,
  TunnelAgentFiles,
  tunnelAgentFiles,
} from './tunnelAgentFiles';

/** A token, and what was asked for. */
export type IssuedJoinToken = JoinTokenRequest & JoinTokenResponse;

/** A token that was just made, and how an agent is started with it. */
export function GivenJoinToken(props: {
  issued: IssuedJoinToken;
  proxies: readonly AgentStatus[];
}) {
  const { issued, proxies } = props;
  const { token, name, tags, clusters, expiresAt } = issued;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const [place, setPlace] = useState<'machine' | 'kubernetes'>('machine');
  const files = tunnelAgentFiles(clusters, proxies);
  return (
    <div className={classes.given}>
      <p role="status">
        {t('join.given', { name, expiresAt: formatTimestamp(expiresAt) })}
      </p>
      <NamedCode file={{ name: t('join.token'), text: token }} />
      <PillGroup
        label={t('join.place')}
        type="radio"
        options={[
          { value: 'machine', label: t('join.onMachine') },
          { value: 'kubernetes', label: t('join.inKubernetes') },
        ]}
        selected={[place]}
        onChange={setPlace}
      />
      {clusters.some(pattern => pattern.includes('*')) && (
        <p>{t('join.globHint')}</p>
      )}
      <ol className={classes.steps}>
        <Step text={t('join.stepToken')}>
          <CommandLine command={files.keepToken} />
        </Step>
        {files.authority && (
          <Step text={t('join.stepAuthority')}>
            <NamedCode file={files.authority} />
          </Step>
        )}
        {place === 'machine' ? (
          <MachineSteps files={files.machine} />
        ) : (
          <KubernetesSteps files={files.kubernetes} />
        )}
        <Step text={t('join.stepProxy')}>
          <NamedCode file={proxyClusterEntries(clusters, tags)} />
        </Step>
      </ol>
    </div>
  );
}

function MachineSteps({ files }: { files: TunnelAgentFiles['machine'] }) {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return (
    <>
      <Step text={t('join.stepConfig')}>
        <NamedCode file={files.config} />
      </Step>
      <Step text={t('join.stepCheck')}>
        <CommandLine command={files.check} />
      </Step>
      <Step text={t('join.stepStart')}>
        <CommandLine command={files.start} />
      </Step>
    </>
  );
}

function KubernetesSteps({ files }: { files: TunnelAgentFiles['kubernetes'] }) {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return (
    <>
      <Step text={t('join.stepSecret')}>
        <CommandLine command={files.createNamespace} />
        <CommandLine command={files.createSecret} />
      </Step>
      <Step text={t('join.stepValues')}>
        <NamedCode file={files.values} />
      </Step>
      <Step text={t('join.stepInstall')}>
        <CommandLine command={files.install} />
      </Step>
    </>
  );
}

function Step({ text, children }: { text: string; children: ReactNode }) {
  return (
    <li>
      {text}
      {children}
    </li>
  );
}

function NamedCode({ file }: { file: NamedText }) {
  return (
    <div>
      <CodeBlock label={file.name} note={file.name} text={file.text} />
    </div>
  );
}
