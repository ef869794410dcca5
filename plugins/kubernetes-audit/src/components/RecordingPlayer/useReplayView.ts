import { useCallback, useEffect, useState } from 'react';
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

  // The same at each drawing: who gets them need not be drawn anew.
  const togglePanel = useCallback(
    (wanted: SidePanel) =>
      setPanel(current => (current === wanted ? undefined : wanted)),
    [],
  );
  const toggleHelp = useCallback(() => setIsHelpOpen(isOpen => !isOpen), []);

  return {
    panel,
    isHelpOpen,
    showsKeystrokes,
    scaling,
    selection,
    setScaling,
    togglePanel,
    openSearch: () => setPanel('search'),
    closePanel: () => setPanel(undefined),
    toggleHelp,
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
