import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { ButtonIcon, DialogTrigger, Popover } from '@backstage/ui';
import ViewColumnIcon from '@material-ui/icons/ViewColumn';
import { kubernetesAuditTranslationRef } from '../../translations';
import { PillGroup } from '../AuditList';
import surface from '../Surface/Surface.module.css';
import classes from './ColumnMenu.module.css';
import { OPTIONAL_COLUMNS, OptionalColumn } from './useRecordingColumns';

/** Chooses what the list shows beside the columns that it always has. */
export function ColumnMenu(props: {
  chosen: readonly OptionalColumn[];
  onChoose: (column: OptionalColumn, isChosen: boolean) => void;
}) {
  const { chosen, onChoose } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return (
    <DialogTrigger>
      <ButtonIcon
        aria-label={t('columns.open')}
        icon={<ViewColumnIcon fontSize="inherit" />}
        variant="secondary"
      />
      <Popover
        aria-label={t('columns.title')}
        placement="bottom end"
        hideArrow
        className={classes.popover}
      >
        <div className={surface.surface}>
          <PillGroup
            label={t('columns.title')}
            type="checkbox"
            options={OPTIONAL_COLUMNS.map(column => ({
              value: column,
              label: t(`field.${column}`),
            }))}
            selected={chosen}
            onChange={onChoose}
          />
        </div>
      </Popover>
    </DialogTrigger>
  );
}
