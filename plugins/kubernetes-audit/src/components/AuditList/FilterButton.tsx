import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button, DialogTrigger, Popover } from '@backstage/ui';
import FilterListIcon from '@material-ui/icons/FilterList';
import { FormEvent, ReactNode, useState } from 'react';
import { kubernetesAuditTranslationRef } from '../../translations';
import surface from '../Surface/Surface.module.css';
import classes from './FilterButton.module.css';

/** What the list is narrowed by, edited as a draft until it is applied. */
export function FilterButton<TDraft>(props: {
  activeCount: number;
  value: TDraft;
  cleared: TDraft;
  isValid: (draft: TDraft) => boolean;
  onApply: (draft: TDraft) => void;
  children: (
    draft: TDraft,
    onChange: (patch: Partial<TDraft>) => void,
  ) => ReactNode;
}) {
  const { activeCount, ...form } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const [isOpen, setIsOpen] = useState(false);
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setIsOpen}>
      <Button
        variant="secondary"
        iconStart={<FilterListIcon fontSize="inherit" />}
        aria-label={
          activeCount > 0
            ? t('filter.openActive', { active: String(activeCount) })
            : t('filter.open')
        }
      >
        <span className={classes.label}>{t('filter.open')}</span>
        {activeCount > 0 && (
          <span className={classes.count}>{activeCount}</span>
        )}
      </Button>
      <Popover
        aria-label={t('filter.title')}
        placement="bottom start"
        hideArrow
        className={classes.popover}
      >
        <FilterForm {...form} onClose={() => setIsOpen(false)} />
      </Popover>
    </DialogTrigger>
  );
}

function FilterForm<TDraft>(props: {
  value: TDraft;
  cleared: TDraft;
  isValid: (draft: TDraft) => boolean;
  onApply: (draft: TDraft) => void;
  onClose: () => void;
  children: (
    draft: TDraft,
    onChange: (patch: Partial<TDraft>) => void,
  ) => ReactNode;
}) {
  const { value, cleared, isValid, onApply, onClose, children } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const [draft, setDraft] = useState(value);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    onApply(draft);
    onClose();
  };

  return (
    <form className={`${surface.surface} ${classes.form}`} onSubmit={submit}>
      <div className={classes.fields}>
        {children(draft, patch =>
          setDraft(previous => ({ ...previous, ...patch })),
        )}
      </div>
      <div className={classes.actions}>
        <Button
          variant="tertiary"
          type="button"
          onPress={() => setDraft(cleared)}
        >
          {t('filter.reset')}
        </Button>
        <Button variant="primary" type="submit" isDisabled={!isValid(draft)}>
          {t('filter.apply')}
        </Button>
      </div>
    </form>
  );
}
