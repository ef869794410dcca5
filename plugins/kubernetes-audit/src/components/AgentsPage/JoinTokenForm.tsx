import { useApi } from '@backstage/core-plugin-api';
import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import { FormEvent, useState } from 'react';
import { failureOf, kubernetesAuditApiRef } from '../../api';
import { kubernetesAuditTranslationRef } from '../../translations';
import { useDurationText } from '../AccessPage/useDurationText';
import { Field } from '../Panel';
import classes from './AgentsPage.module.css';
import type { IssuedJoinToken } from './GivenJoinToken';
import { readTags } from './readTags';

const HOUR_SECONDS = 3600;
/** How long a token may be good for, in seconds. */
const LIFETIMES = [
  HOUR_SECONDS / 4,
  HOUR_SECONDS,
  8 * HOUR_SECONDS,
  24 * HOUR_SECONDS,
  7 * 24 * HOUR_SECONDS,
];

/** Asks what an agent is to be, and makes a token of it. */
export function JoinTokenForm(props: {
  /** Of agents that have joined. */
  takenNames: readonly string[];
  onIssued: (token: IssuedJoinToken) => void;
}) {
  const { takenNames, onIssued } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const api = useApi(kubernetesAuditApiRef);
  const durationText = useDurationText();
  const [name, setName] = useState('');
  const [tags, setTags] = useState('');
  const [clusters, setClusters] = useState('');
  const [lifetimeSeconds, setLifetimeSeconds] = useState(HOUR_SECONDS);
  const [isRunning, setIsRunning] = useState(false);
  const [error, setError] = useState<string>();

  const issue = async () => {
    const read = readTags(tags);
    if (!read) {
      setError(t('join.badTags'));
      return;
    }
    setIsRunning(true);
    setError(undefined);
    try {
      const request = {
        name: name.trim(),
        tags: read,
        clusters: clusters.split(/[\s,]+/).filter(Boolean),
        lifetimeSeconds,
      };
      onIssued({ ...request, ...(await api.issueJoinToken(request)) });
      setName('');
    } catch (failure) {
      setError(failureOf(failure as Error).message);
    } finally {
      setIsRunning(false);
    }
  };
  const field = (
    label: string,
    value: string,
    options: { placeholder: string; onChange: (value: string) => void },
  ) => (
    <Field label={label}>
      <input
        required
        value={value}
        placeholder={options.placeholder}
        autoComplete="off"
        spellCheck={false}
        onChange={event => options.onChange(event.target.value)}
      />
    </Field>
  );

  return (
    <>
      <form
        className={classes.form}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          issue();
        }}
      >
        {field(t('join.name'), name, {
          placeholder: 'edge-fra-1',
          onChange: setName,
        })}
        {field(t('join.tags'), tags, {
          placeholder: 'env=prod, site=fra1',
          onChange: setTags,
        })}
        {field(t('join.clusters'), clusters, {
          placeholder: 'edge-fra, edge-*',
          onChange: setClusters,
        })}
        <Field label={t('join.lifetime')}>
          <select
            value={lifetimeSeconds}
            onChange={event => setLifetimeSeconds(Number(event.target.value))}
          >
            {LIFETIMES.map(seconds => (
              <option key={seconds} value={seconds}>
                {durationText(seconds * 1000)}
              </option>
            ))}
          </select>
        </Field>
        <div>
          <Button type="submit" variant="primary" isPending={isRunning}>
            {t('join.issue')}
          </Button>
        </div>
      </form>
      {takenNames.includes(name.trim()) && (
        <p role="status" className={classes.text}>
          {t('join.takesPlace', { name: name.trim() })}
        </p>
      )}
      {error && (
        <p role="alert" className={classes.error}>
          {error}
        </p>
      )}
    </>
  );
}
