import {
  TranslationFunction,
  useTranslationRef,
} from '@backstage/core-plugin-api/alpha';
import { ButtonIcon } from '@backstage/ui';
import KeyboardArrowDownIcon from '@material-ui/icons/KeyboardArrowDown';
import KeyboardArrowUpIcon from '@material-ui/icons/KeyboardArrowUp';
import { useEffect, useRef, useState } from 'react';
import useDebounce from 'react-use/esm/useDebounce';
import { kubernetesAuditTranslationRef } from '../../translations';
import { PanelFrame } from './PanelFrame';
import { LineList } from './LineList';
import classes from './SearchPanel.module.css';
import { Found, MAX_MATCHES, useRecordingSearch } from './useRecordingSearch';

/** The search follows the field after so long without a key, in milliseconds. */
const SEARCH_DELAY = 300;

/** Finds text in the recording and jumps to where it was on the screen. */
export function SearchPanel(props: {
  recordingId: string;
  formatTime: (time: number) => string;
  /** Microseconds. */
  onSeek: (time: number) => void;
  onClose: () => void;
}) {
  const { recordingId, formatTime, onSeek, onClose } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState('');
  const [search, setSearch] = useState('');
  const [current, setCurrent] = useState<number>();

  useEffect(() => field.current?.focus(), []);
  useDebounce(() => setSearch(typed.trim()), SEARCH_DELAY, [typed]);

  const found = useRecordingSearch(recordingId, search);
  useEffect(() => setCurrent(undefined), [search]);

  const items = found.kind === 'found' ? found.text.items : [];
  const goTo = (index: number) => {
    const item = items[index];
    if (item) {
      setCurrent(index);
      onSeek(item.time);
    }
  };
  const goBy = (direction: 1 | -1) =>
    goTo(
      current === undefined
        ? 0
        : (current + direction + items.length) % items.length,
    );

  return (
    <PanelFrame
      title={t('player.search')}
      closeLabel={t('search.close')}
      onClose={onClose}
    >
      <div className={classes.bar}>
        <input
          ref={field}
          className={classes.field}
          type="search"
          aria-label={t('search.label')}
          placeholder={t('search.placeholder')}
          maxLength={256}
          value={typed}
          onChange={event => setTyped(event.target.value)}
          onKeyDown={event => {
            if (event.key === 'Enter') {
              event.preventDefault();
              goBy(event.shiftKey ? -1 : 1);
            }
          }}
        />
        <ButtonIcon
          aria-label={t('search.previous')}
          icon={<KeyboardArrowUpIcon fontSize="small" />}
          variant="tertiary"
          isDisabled={items.length === 0}
          onPress={() => goBy(-1)}
        />
        <ButtonIcon
          aria-label={t('search.next')}
          icon={<KeyboardArrowDownIcon fontSize="small" />}
          variant="tertiary"
          isDisabled={items.length === 0}
          onPress={() => goBy(1)}
        />
      </div>
      <p className={classes.status} role="status">
        {describe(found, t)}
      </p>
      {found.kind === 'found' && items.length > 0 && (
        <LineList
          label={t('search.results')}
          lines={items}
          highlighted={found.search}
          current={current}
          formatTime={formatTime}
          onChoose={goTo}
        />
      )}
    </PanelFrame>
  );
}

function describe(
  found: Found,
  t: TranslationFunction<(typeof kubernetesAuditTranslationRef)['T']>,
): string {
  switch (found.kind) {
    case 'found': {
      const { items, isTruncated } = found.text;
      if (items.length === 0) {
        return t('search.none');
      }
      return isTruncated && items.length === MAX_MATCHES
        ? t('search.matchesTruncated', { shown: String(items.length) })
        : t('search.matches', { count: items.length });
    }
    case 'notIndexed':
      return t('search.notIndexed');
    case 'failed':
      return found.message;
    default:
      return '';
  }
}
