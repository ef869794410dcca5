import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import type {
  AccessRole,
  RoleRule,
} from 'backstage-plugin-kubernetes-audit-common';
import { useMemo } from 'react';
import { kubernetesAuditTranslationRef } from '../../translations';

/** What each verb means to somebody who does not know it. */
const VERB_WORDS = {
  get: 'read',
  list: 'list',
  watch: 'watch',
  create: 'create',
  update: 'change',
  patch: 'change',
  delete: 'remove',
  deletecollection: 'remove',
} as const;

/** Subresources that are things of their own. */
const RESOURCE_WORDS = {
  'pods/exec': 'exec',
  'pods/attach': 'attach',
  'pods/log': 'logs',
  'pods/portforward': 'portForward',
} as const;

const isAll = (patterns: readonly string[]) => patterns.includes('*');

function lookUp<T extends object>(
  words: T,
  key: string,
): T[keyof T] | undefined {
  return Object.hasOwn(words, key) ? words[key as keyof T] : undefined;
}

/** Makes sentences of rules. */
export function useRuleText() {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return useMemo(() => {
    const join = (texts: readonly string[]) => [...new Set(texts)].join(', ');

    const verbsOf = ({ verbs }: RoleRule) =>
      join(
        verbs.map(verb => {
          const word = lookUp(VERB_WORDS, verb);
          return word ? t(`rules.verb.${word}`) : verb;
        }),
      );

    const thingsOf = ({ resources, nonResourceUrls }: RoleRule) => {
      const things = isAll(resources)
        ? [t('rules.everyResource')]
        : resources.map(resource => {
            const word = lookUp(RESOURCE_WORDS, resource);
            return word ? t(`rules.resource.${word}`) : resource;
          });
      const paths =
        nonResourceUrls.length > 0
          ? [t('rules.paths', { paths: join(nonResourceUrls) })]
          : [];
      return join([...things, ...paths]);
    };

    const boundsOf = (rule: RoleRule) => [
      ...(rule.resources.length > 0
        ? [
            isAll(rule.namespaces)
              ? t('rules.everyNamespace')
              : t('rules.namespaces', { namespaces: join(rule.namespaces) }),
          ]
        : []),
      ...(isAll(rule.names)
        ? []
        : [t('rules.names', { names: join(rule.names) })]),
      ...(isAll(rule.apiGroups)
        ? []
        : [
            t('rules.apiGroups', {
              groups: join(
                rule.apiGroups.map(group => group || t('rules.coreGroup')),
              ),
            }),
          ]),
    ];

    const inputText = (recorded: AccessRole['session']['recordInput']) => {
      if (recorded === 'all') {
        return t('rules.allInputRecorded');
      }
      return recorded ? t('rules.inputRecorded') : t('rules.inputNotRecorded');
    };

    return {
      /** What the rule is about, and where. */
      rule: (rule: RoleRule) => {
        const things = thingsOf(rule);
        return [
          isAll(rule.verbs)
            ? t('rules.anything', { things })
            : t('rules.sentence', { verbs: verbsOf(rule), things }),
          boundsOf(rule).join('; '),
        ]
          .filter(Boolean)
          .join(' – ');
      },

      /** What else has to be known of the role. */
      notes: ({
        kubernetesGroups,
        impersonation,
        conditions,
        session,
      }: AccessRole) => [
        ...(kubernetesGroups.length > 0
          ? [t('rules.asGroups', { groups: join(kubernetesGroups) })]
          : []),
        ...(impersonation.users.length > 0
          ? [t('rules.mayActAs', { users: join(impersonation.users) })]
          : []),
        ...(conditions.clientIps
          ? [t('rules.clientIps', { addresses: join(conditions.clientIps) })]
          : []),
        session.record ? t('rules.recorded') : t('rules.notRecorded'),
        ...(session.record ? [inputText(session.recordInput)] : []),
        session.maxDuration
          ? t('rules.sessionLimits', {
              idle: session.idleTimeout,
              max: session.maxDuration,
            })
          : t('rules.sessionIdle', { idle: session.idleTimeout }),
      ],
    };
  }, [t]);
}
