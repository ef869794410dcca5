import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button, DialogTrigger, Popover } from '@backstage/ui';
import ReportProblemOutlinedIcon from '@material-ui/icons/ReportProblemOutlined';
import type {
  ClockSkew,
  DeliveryGap,
  DeliveryReport,
} from 'backstage-plugin-kubernetes-audit-common';
import { failureOf } from '../../api';
import { Loaded, useCountText } from '../../hooks';
import { kubernetesAuditTranslationRef } from '../../translations';
import surface from '../Surface/Surface.module.css';
import classes from './DeliveryNotices.module.css';
import { GapText } from './GapText';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** What of the agents' records is not in the list, and whose clock is wrong. */
export function DeliveryNotices(props: {
  delivery: Loaded<DeliveryReport>;
  onShowDeadLetters: () => void;
}) {
  const { delivery, onShowDeadLetters } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const { error } = delivery;
  // Where nothing may be seen the list says so, and nothing stays.
  const isDenied = error !== undefined && failureOf(error).kind === 'denied';
  const value = isDenied ? undefined : delivery.value;
  const { count = 0, isLowerBound = false } = value?.deadLetters ?? {};
  const countText = useCountText();
  return (
    <div className={classes.notices}>
      {error && !isDenied && (
        <span className={classes.notice} title={failureOf(error).message}>
          <ReportProblemOutlinedIcon fontSize="inherit" aria-hidden />
          {t('delivery.unknown')}
        </span>
      )}
      {value?.clockSkews.map(skew => (
        <SkewNotice key={skew.agentId} skew={skew} />
      ))}
      {value?.hasHiddenGaps && (
        <span
          className={classes.notice}
          title={t('delivery.hiddenGapsExplained')}
        >
          <ReportProblemOutlinedIcon fontSize="inherit" aria-hidden />
          {t('delivery.hiddenGaps')}
        </span>
      )}
      {value && value.gaps.length > 0 && (
        <MissingCalls gaps={value.gaps} hasMore={value.hasMoreGaps === true} />
      )}
      {count > 0 && (
        <Button
          className={classes.button}
          size="small"
          variant="secondary"
          iconStart={<ReportProblemOutlinedIcon fontSize="inherit" />}
          onPress={onShowDeadLetters}
        >
          {t('deadLetters.notice', {
            count,
            shown: countText(count, isLowerBound),
          })}
        </Button>
      )}
    </div>
  );
}

function MissingCalls(props: {
  gaps: readonly DeliveryGap[];
  hasMore: boolean;
}) {
  const { gaps, hasMore } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const count = gaps.reduce((sum, { missing }) => sum + missing, 0);
  const countText = useCountText();
  return (
    <DialogTrigger>
      <Button
        className={classes.button}
        size="small"
        variant="secondary"
        iconStart={<ReportProblemOutlinedIcon fontSize="inherit" />}
      >
        {t('delivery.missing', {
          count,
          shown: countText(count, hasMore),
        })}
      </Button>
      <Popover
        aria-label={t('delivery.title')}
        placement="bottom end"
        hideArrow
        className={classes.popover}
      >
        <div className={surface.surface}>
          <h2 className={classes.title}>{t('delivery.title')}</h2>
          <p className={classes.text}>{t('delivery.explained')}</p>
          <ul
            className={classes.gaps}
            // Scrollable by keyboard.
            // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
            tabIndex={0}
          >
            {gaps.map(gap => (
              <li key={`${gap.epoch}/${gap.firstSequence}`}>
                <GapText gap={gap} />
              </li>
            ))}
          </ul>
        </div>
      </Popover>
    </DialogTrigger>
  );
}

function SkewNotice(props: { skew: ClockSkew }) {
  const { agentId, aheadMs } = props.skew;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return (
    <span className={classes.notice} title={t('delivery.skewExplained')}>
      <ReportProblemOutlinedIcon fontSize="inherit" aria-hidden />
      {t(aheadMs > 0 ? 'delivery.ahead' : 'delivery.behind', {
        agent: agentId,
        time: useShownSkew(Math.abs(aheadMs)),
      })}
    </span>
  );
}

function useShownSkew(milliseconds: number): string {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const shown = (unit: number) => String(Math.round(milliseconds / unit));
  if (milliseconds < 2 * MINUTE_MS) {
    return t('delivery.seconds', { value: shown(SECOND_MS) });
  }
  return milliseconds < 2 * HOUR_MS
    ? t('delivery.minutes', { value: shown(MINUTE_MS) })
    : t('delivery.hours', { value: shown(HOUR_MS) });
}
