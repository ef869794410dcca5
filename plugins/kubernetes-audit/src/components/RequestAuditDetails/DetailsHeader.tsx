import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import CheckIcon from '@material-ui/icons/Check';
import KeyboardArrowDownIcon from '@material-ui/icons/KeyboardArrowDown';
import KeyboardArrowUpIcon from '@material-ui/icons/KeyboardArrowUp';
import LinkIcon from '@material-ui/icons/Link';
import useCopyToClipboard from 'react-use/esm/useCopyToClipboard';
import { kubernetesAuditTranslationRef } from '../../translations';
import { HeaderButton, SideDrawerHeader } from '../SideDrawer';
import classes from './DetailsHeader.module.css';

/** Which request it is, to the ones beside it in the list, its link. */
export function DetailsHeader(props: {
  titleId: string;
  title: string;
  /** What is copied as its link. */
  link: string;
  /** Absent at the end of the list. */
  onPrevious?: () => void;
  onNext?: () => void;
  onClose: () => void;
}) {
  const { titleId, title, link, onPrevious, onNext, onClose } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const [copied, copy] = useCopyToClipboard();
  const isCopied = copied.value === link;
  return (
    <SideDrawerHeader
      titleId={titleId}
      title={title}
      onClose={onClose}
      navigation={
        <>
          <HeaderButton
            label={t('details.previous')}
            icon={<KeyboardArrowUpIcon fontSize="inherit" />}
            onPress={onPrevious}
          />
          <HeaderButton
            label={t('details.next')}
            icon={<KeyboardArrowDownIcon fontSize="inherit" />}
            onPress={onNext}
          />
          <span className={classes.keys} aria-hidden>
            <kbd>K</kbd>
            <kbd>J</kbd>
          </span>
        </>
      }
      actions={
        <HeaderButton
          label={t(isCopied ? 'details.copiedLink' : 'details.copyLink')}
          icon={
            isCopied ? (
              <CheckIcon fontSize="inherit" />
            ) : (
              <LinkIcon fontSize="inherit" />
            )
          }
          onPress={() => copy(link)}
        />
      }
    />
  );
}
