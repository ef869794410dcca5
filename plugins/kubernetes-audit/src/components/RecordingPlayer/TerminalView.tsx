import '@xterm/xterm/css/xterm.css';

import type { TerminalSize } from 'backstage-plugin-kubernetes-audit-common';
import { useLayoutEffect, useRef } from 'react';
import type { ViewedScreen } from '../../player';
import { XtermScreen } from '../../player/XtermScreen';
import { FONT_FAMILY } from './terminalFont';
import classes from './TerminalView.module.css';

export { rehearseScreen } from '../../player/rehearseScreen';

/** The terminal that shows a replay. Loaded when it is first needed. */
export default function TerminalView(props: {
  label: string;
  size: TerminalSize;
  tty: boolean;
  /** Hears of the screen while there is one; memoized by the caller. */
  onScreen: (screen: ViewedScreen | undefined) => void;
}) {
  const { label, size, tty, onScreen } = props;
  const container = useRef<HTMLDivElement>(null);

  // Before the browser paints what has no terminal yet.
  useLayoutEffect(() => {
    const element = container.current;
    if (!element) {
      return undefined;
    }
    const screen = XtermScreen.create({
      container: element,
      size,
      tty,
      fontFamily: FONT_FAMILY,
    });
    const observer = new ResizeObserver(() => screen.fit());
    if (element.parentElement) {
      observer.observe(element.parentElement);
    }
    screen.fit();
    onScreen(screen);
    return () => {
      onScreen(undefined);
      observer.disconnect();
      screen.dispose();
    };
  }, [size, tty, onScreen]);

  return (
    <div
      className={classes.frame}
      role="group"
      aria-label={label}
      // Scrollable by keyboard when the terminal is larger than the window.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
    >
      <div ref={container} className={classes.terminal} />
    </div>
  );
}
