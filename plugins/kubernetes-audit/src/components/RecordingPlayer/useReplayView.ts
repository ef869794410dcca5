import { useEffect, useState } from 'react';
import type { Scaling, ViewedScreen } from '../../player';
import type { SidePanel } from './PlayerTools';

/** How a viewer has the replay before them: what is open, how large it is, what is selected. */
export function useReplayView(screen: ViewedScreen | undefined) {
  const [panel, setPanel] = useState<SidePanel>();
  const [isHelpOpen, setIsHelpOpen] = useState(false);
  const [showsKeystrokes, setShowsKeystrokes] = useState(false);
  const [scaling, setScaling] = useState<Scaling>('fit');
  const [selection, setSelection] = useState('');

  useEffect(
    () => screen?.onSelectionChange(() => setSelection(screen.selection)),
    [screen],
  );
  useEffect(() => screen?.setScaling(scaling), [screen, scaling]);

  return {
    panel,
    isHelpOpen,
    showsKeystrokes,
    scaling,
    selection,
    setScaling,
    togglePanel: (wanted: SidePanel) =>
      setPanel(current => (current === wanted ? undefined : wanted)),
    openSearch: () => setPanel('search'),
    closePanel: () => setPanel(undefined),
    toggleHelp: () => setIsHelpOpen(isOpen => !isOpen),
    toggleKeystrokes: () => setShowsKeystrokes(isShown => !isShown),
    /** @returns whether anything was open */
    closeTopmost: () => {
      if (isHelpOpen) {
        setIsHelpOpen(false);
      } else if (panel) {
        setPanel(undefined);
      }
      return isHelpOpen || panel !== undefined;
    },
  };
}
