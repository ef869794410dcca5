import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { ButtonIcon } from '@backstage/ui';
import AspectRatioIcon from '@material-ui/icons/AspectRatio';
import FileCopyOutlinedIcon from '@material-ui/icons/FileCopyOutlined';
import FullscreenIcon from '@material-ui/icons/Fullscreen';
import HelpOutlineIcon from '@material-ui/icons/HelpOutline';
import LinkIcon from '@material-ui/icons/Link';
import SearchIcon from '@material-ui/icons/Search';
import SubjectIcon from '@material-ui/icons/Subject';
import ZoomOutMapIcon from '@material-ui/icons/ZoomOutMap';
import { memo, ReactElement, useEffect, useState } from 'react';
import useCopyToClipboard from 'react-use/esm/useCopyToClipboard';
import type { PlayerController, Scaling } from '../../player';
import { kubernetesAuditTranslationRef } from '../../translations';

/** What is open beside the replay. */
export type SidePanel = 'search' | 'transcript';

const MICROSECONDS_PER_SECOND = 1_000_000;
/** So long the button says that it has copied, in milliseconds. */
const COPIED_FOR_MS = 3000;

const TextTools = memo(function ToolsForText(props: {
  panel: SidePanel | undefined;
  selection: string;
  onPanel: (panel: SidePanel) => void;
}) {
  const { panel, selection, onPanel } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const [copied, copy] = useCopyToClipboard();
  const isCopied = copied.value === selection && selection !== '';
  return (
    <>
      <Tool
        label={t('player.search')}
        icon={<SearchIcon fontSize="small" />}
        isPressed={panel === 'search'}
        onPress={() => onPanel('search')}
      />
      <Tool
        label={t('player.transcript')}
        icon={<SubjectIcon fontSize="small" />}
        isPressed={panel === 'transcript'}
        onPress={() => onPanel('transcript')}
      />
      <Tool
        label={isCopied ? t('player.copiedText') : t('player.copyText')}
        icon={<FileCopyOutlinedIcon fontSize="small" />}
        isDisabled={!selection}
        onPress={() => copy(selection)}
      />
    </>
  );
});

/** Copies a link to what the player shows. */
const LinkTool = memo(function ToolForLink(props: {
  player: PlayerController;
}) {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const [copied, copy] = useCopyToClipboard();
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    setIsCopied(copied.value !== undefined);
    const timer = setTimeout(() => setIsCopied(false), COPIED_FOR_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copyLink = () => {
    const link = new URL(window.location.href);
    const { position } = props.player.snapshot;
    link.searchParams.set(
      't',
      String(Math.floor(position / MICROSECONDS_PER_SECOND)),
    );
    copy(link.toString());
  };
  return (
    <Tool
      label={isCopied ? t('player.copiedLink') : t('player.copyLink')}
      icon={<LinkIcon fontSize="small" />}
      onPress={copyLink}
    />
  );
});

const ViewTools = memo(function ToolsForView(props: {
  scaling: Scaling;
  isHelpOpen: boolean;
  onScaling: (scaling: Scaling) => void;
  onFullScreen: () => void;
  onHelp: () => void;
}) {
  const { scaling, isHelpOpen, onScaling, onFullScreen, onHelp } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return (
    <>
      <Tool
        label={
          scaling === 'fit' ? t('player.scaleToScroll') : t('player.scaleToFit')
        }
        icon={
          scaling === 'fit' ? (
            <ZoomOutMapIcon fontSize="small" />
          ) : (
            <AspectRatioIcon fontSize="small" />
          )
        }
        onPress={() => onScaling(scaling === 'fit' ? 'scroll' : 'fit')}
      />
      <Tool
        label={t('player.help')}
        icon={<HelpOutlineIcon fontSize="small" />}
        isPressed={isHelpOpen}
        onPress={onHelp}
      />
      <Tool
        label={t('player.fullScreen')}
        icon={<FullscreenIcon fontSize="small" />}
        onPress={onFullScreen}
      />
    </>
  );
});

/** Search, transcript, copies, size and help. */
export function PlayerTools(props: {
  player: PlayerController;
  panel: SidePanel | undefined;
  scaling: Scaling;
  /** What the viewer has selected in the terminal. */
  selection: string;
  isHelpOpen: boolean;
  /** Functions that stay the same: none of the tools is drawn again with the time. */
  onPanel: (panel: SidePanel) => void;
  onScaling: (scaling: Scaling) => void;
  onFullScreen: () => void;
  onHelp: () => void;
}) {
  return (
    <>
      <TextTools
        panel={props.panel}
        selection={props.selection}
        onPanel={props.onPanel}
      />
      <LinkTool player={props.player} />
      <ViewTools
        scaling={props.scaling}
        isHelpOpen={props.isHelpOpen}
        onScaling={props.onScaling}
        onFullScreen={props.onFullScreen}
        onHelp={props.onHelp}
      />
    </>
  );
}

function Tool(props: {
  label: string;
  icon: ReactElement;
  isPressed?: boolean;
  isDisabled?: boolean;
  onPress: () => void;
}) {
  const { label, icon, isPressed, isDisabled, onPress } = props;
  return (
    // The span has the tooltip: a disabled button shows none of its own.
    <span title={label}>
      <ButtonIcon
        aria-label={label}
        aria-pressed={isPressed}
        icon={icon}
        variant={isPressed ? 'secondary' : 'tertiary'}
        isDisabled={isDisabled}
        onPress={onPress}
      />
    </span>
  );
}
