import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import type { AccessRole } from 'backstage-plugin-kubernetes-audit-common';
import BlockIcon from '@material-ui/icons/Block';
import CheckIcon from '@material-ui/icons/Check';
import { kubernetesAuditTranslationRef } from '../../translations';
import classes from './RoleRules.module.css';
import { useRuleText } from './useRuleText';

/** What a role allows and denies, in words. */
export function RoleRules(props: {
  role: AccessRole;
  /** Of the rule that is pointed out, from 1. */
  marked?: number;
}) {
  const { role, marked } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const text = useRuleText();
  return (
    <div className={classes.frame}>
      <ol className={classes.rules}>
        {role.rules.map((rule, index) => {
          const Icon = rule.effect === 'allow' ? CheckIcon : BlockIcon;
          return (
            <li
              key={index}
              data-effect={rule.effect}
              aria-current={marked === index + 1 || undefined}
            >
              <Icon fontSize="inherit" aria-hidden className={classes.icon} />
              <span>
                <strong>
                  {rule.effect === 'allow' ? t('rules.may') : t('rules.mayNot')}
                </strong>{' '}
                {text.rule(rule)}
              </span>
            </li>
          );
        })}
      </ol>
      <p className={classes.notes}>{text.notes(role).join(' ')}</p>
    </div>
  );
}
