import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button, ButtonIcon, DialogTrigger, Popover } from '@backstage/ui';
import ArrowDownwardIcon from '@material-ui/icons/ArrowDownward';
import ArrowUpwardIcon from '@material-ui/icons/ArrowUpward';
import ViewColumnIcon from '@material-ui/icons/ViewColumn';
import { useEffect, useRef, useState } from 'react';
import { kubernetesAuditTranslationRef } from '../../translations';
import surface from '../Surface/Surface.module.css';
import classes from './ColumnMenu.module.css';
import type { ColumnChoice } from './useColumnChoice';

/** Chooses which columns the list has, and their order. */
export function ColumnMenu(props: {
  columns: readonly { id: string; label: string }[];
  choice: ColumnChoice;
}) {
  const { columns, choice } = props;
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
          <div className={classes.head}>
            <h2 className={classes.title}>{t('columns.title')}</h2>
            <Button size="small" variant="tertiary" onPress={choice.reset}>
              {t('columns.reset')}
            </Button>
          </div>
          <ColumnList columns={columns} choice={choice} />
        </div>
      </Popover>
    </DialogTrigger>
  );
}

function ColumnList(props: {
  columns: readonly { id: string; label: string }[];
  choice: ColumnChoice;
}) {
  const { columns, choice } = props;
  const { order, shown, fixed, setShown, move } = choice;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const [moved, setMoved] = useState('');

  // A button whose row has moved within the document has lost the focus.
  const pressed = useRef<HTMLButtonElement>();
  useEffect(() => {
    pressed.current?.focus();
    // What changes next is no move of it.
    pressed.current = undefined;
  }, [order]);

  return (
    <>
      <ul className={classes.columns}>
        {order.map((id, index) => {
          const label = columns.find(column => column.id === id)?.label ?? id;
          const isShown = shown.includes(id);
          const moveButton = (places: 1 | -1) => {
            const isEnd = order[index + places] === undefined;
            return (
              <button
                type="button"
                className={classes.move}
                aria-label={t(places < 0 ? 'columns.up' : 'columns.down', {
                  column: label,
                })}
                // Not disabled, for the focus would be lost at the end.
                aria-disabled={isEnd}
                onClick={event => {
                  if (!isEnd) {
                    pressed.current = event.currentTarget;
                    move(id, places);
                    setMoved(
                      t('columns.moved', {
                        column: label,
                        position: String(index + 1 + places),
                        total: String(order.length),
                      }),
                    );
                  }
                }}
              >
                {places < 0 ? (
                  <ArrowUpwardIcon fontSize="inherit" />
                ) : (
                  <ArrowDownwardIcon fontSize="inherit" />
                )}
              </button>
            );
          };
          return (
            <li key={id} className={classes.column}>
              <label>
                <input
                  type="checkbox"
                  checked={isShown}
                  disabled={fixed.includes(id)}
                  onChange={event => setShown(id, event.target.checked)}
                />
                {label}
              </label>
              {moveButton(-1)}
              {moveButton(1)}
            </li>
          );
        })}
      </ul>
      <span role="status" className={surface.visuallyHidden}>
        {moved}
      </span>
    </>
  );
}
