import { useApi } from '@backstage/core-plugin-api';
import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import BlockIcon from '@material-ui/icons/Block';
import CheckIcon from '@material-ui/icons/Check';
import {
  DecisionResponse,
  KUBERNETES_VERBS,
  NAMED_RESOURCES,
} from 'backstage-plugin-kubernetes-audit-common';
import { FormEvent, useId, useRef, useState } from 'react';
import { failureOf, kubernetesAuditApiRef } from '../../api';
import { kubernetesAuditTranslationRef } from '../../translations';
import { Field, Panel } from '../Panel';
import classes from './RolesPage.module.css';

/** The fields of a question, in their order. */
const OPTIONAL_FIELDS = ['namespace', 'name', 'apiGroup', 'clientIp'] as const;

type Question = Record<
  | 'userEntityRef'
  | 'cluster'
  | 'verb'
  | 'resource'
  | (typeof OPTIONAL_FIELDS)[number],
  string
>;

/** Asks what a user may do, and says which rule decides. */
export function DecisionPanel(props: {
  clusters: readonly string[];
  onDecision: (decision: DecisionResponse | undefined) => void;
}) {
  const { clusters, onDecision } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const api = useApi(kubernetesAuditApiRef);
  const listId = useId();
  const [question, setQuestion] = useState<Question>({
    userEntityRef: '',
    cluster: clusters[0] ?? '',
    verb: 'get',
    resource: 'pods',
    namespace: 'default',
    name: '',
    apiGroup: '',
    clientIp: '',
  });
  const [answer, setAnswer] = useState<DecisionResponse>();
  const [error, setError] = useState<string>();
  const [isRunning, setIsRunning] = useState(false);

  /** Counts the questions: the answer to an earlier one is of no use. */
  const asked = useRef(0);

  const answerWith = (decision: DecisionResponse | undefined) => {
    setAnswer(decision);
    onDecision(decision);
  };
  // An answer beside a question that it does not answer would mislead.
  const forget = () => {
    asked.current += 1;
    answerWith(undefined);
    setError(undefined);
    setIsRunning(false);
  };
  const change = (patch: Partial<Question>) => {
    setQuestion(previous => ({ ...previous, ...patch }));
    forget();
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    forget();
    setIsRunning(true);
    const current = asked.current;
    const unlessChanged = (settle: () => void) => {
      if (asked.current === current) settle();
    };
    try {
      const user = question.userEntityRef.trim();
      const decision = await api.explainDecision({
        ...question,
        userEntityRef: user.includes(':') ? user : `user:default/${user}`,
      });
      unlessChanged(() => answerWith(decision));
    } catch (failure) {
      unlessChanged(() => setError(failureOf(failure as Error).message));
    } finally {
      unlessChanged(() => setIsRunning(false));
    }
  };

  return (
    <Panel title={t('decision.title')}>
      <form className={classes.form} onSubmit={submit}>
        <Field label={t('decision.user')}>
          <input
            required
            value={question.userEntityRef}
            placeholder="user:default/jane"
            onChange={event => change({ userEntityRef: event.target.value })}
          />
        </Field>
        <Field label={t('decision.cluster')}>
          <input
            required
            list={`${listId}-clusters`}
            value={question.cluster}
            onChange={event => change({ cluster: event.target.value })}
          />
        </Field>
        <datalist id={`${listId}-clusters`}>
          {clusters.map(name => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <Field label={t('decision.verb')}>
          <select
            value={question.verb}
            onChange={event => change({ verb: event.target.value })}
          >
            {KUBERNETES_VERBS.map(verb => (
              <option key={verb} value={verb}>
                {verb}
              </option>
            ))}
          </select>
        </Field>
        <Field label={t('decision.resource')}>
          <input
            required
            list={`${listId}-resources`}
            value={question.resource}
            onChange={event => {
              const resource = event.target.value;
              const known = Object.hasOwn(NAMED_RESOURCES, resource);
              change({
                resource,
                ...(known && { apiGroup: NAMED_RESOURCES[resource] }),
              });
            }}
          />
        </Field>
        <datalist id={`${listId}-resources`}>
          {Object.keys(NAMED_RESOURCES).map(resource => (
            <option key={resource} value={resource} />
          ))}
        </datalist>
        {OPTIONAL_FIELDS.map(field => (
          <Field key={field} label={t(`decision.${field}`)}>
            <input
              value={question[field]}
              onChange={event => change({ [field]: event.target.value.trim() })}
            />
          </Field>
        ))}
        <div>
          <Button type="submit" variant="primary" isPending={isRunning}>
            {t('decision.ask')}
          </Button>
        </div>
      </form>
      {error && (
        <p role="alert" className={classes.error}>
          {error}
        </p>
      )}
      {answer && <Answer answer={answer} />}
      <p className={classes.muted}>{t('decision.hint')}</p>
    </Panel>
  );
}

function Answer({ answer }: { answer: DecisionResponse }) {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const { allowed, reason, role, rule, kubernetesGroups, subjects } = answer;
  const Icon = allowed ? CheckIcon : BlockIcon;
  const because = () => {
    if (role && rule !== undefined) {
      return t('decision.byRule', { role, rule: String(rule) });
    }
    return role ? t('decision.byRole', { role }) : t('decision.byNone');
  };
  return (
    <div role="status" className={classes.answer} data-allowed={allowed}>
      <p className={classes.verdict}>
        <Icon fontSize="inherit" aria-hidden />
        {allowed ? t('decision.allowed') : t('decision.denied')}
      </p>
      <span>{because()}</span>
      {reason && <span>{reason}</span>}
      {kubernetesGroups && kubernetesGroups.length > 0 && (
        <span>
          {t('rules.asGroups', { groups: kubernetesGroups.join(', ') })}
        </span>
      )}
      <span className={classes.muted}>
        {t('decision.subjects', { subjects: subjects.join(', ') })}{' '}
        {t('decision.roles', {
          roles: answer.roles.join(', ') || t('value.none'),
        })}
        {!answer.isServed && ` ${t('decision.notServed')}`}
      </span>
    </div>
  );
}
