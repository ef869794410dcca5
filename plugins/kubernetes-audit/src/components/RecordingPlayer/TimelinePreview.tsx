import type { TerminalSize } from 'backstage-plugin-kubernetes-audit-common';
import { useEffect, useRef, useState } from 'react';
import { PreviewPainter, PreviewSource } from '../../player';
import { XtermScreen } from '../../player/XtermScreen';
import { FONT_FAMILY } from './terminalFont';
import classes from './TimelinePreview.module.css';

/** Of the preview, in pixels. */
const MAX_WIDTH = 256;
const MAX_HEIGHT = 160;

/** What the replay shows at a time, in small. Loaded when it is first needed. */
export default function TimelinePreview(props: {
  source: PreviewSource;
  size: TerminalSize;
  tty: boolean;
  /** Microseconds; nothing keeps what is there. */
  time: number | undefined;
}) {
  const { source, size, tty, time } = props;
  const container = useRef<HTMLDivElement>(null);
  const [painter, setPainter] = useState<PreviewPainter>();
  /** How much smaller than the terminal the preview is, once there is something to see. */
  const [box, setBox] = useState<{
    scale: number;
    width: number;
    height: number;
  }>();

  useEffect(() => {
    const element = container.current;
    if (!element) {
      return undefined;
    }
    const screen = XtermScreen.create({
      container: element,
      size,
      tty,
      fontFamily: FONT_FAMILY,
      scrollback: 0,
    });
    screen.setScaling('scroll');
    setPainter(
      PreviewPainter.create({
        source,
        screen,
        onPainted: () => {
          const { offsetWidth, offsetHeight } =
            element.querySelector<HTMLElement>('.xterm-screen') ?? element;
          const scale = Math.min(
            MAX_WIDTH / (offsetWidth || 1),
            MAX_HEIGHT / (offsetHeight || 1),
            1,
          );
          setBox({
            scale,
            width: offsetWidth * scale,
            height: offsetHeight * scale,
          });
        },
      }),
    );
    return () => {
      setPainter(undefined);
      screen.dispose();
    };
  }, [source, size, tty]);

  useEffect(() => {
    if (painter && time !== undefined) {
      painter.show(time);
    }
  }, [painter, time]);

  return (
    <div
      className={classes.preview}
      aria-hidden
      style={
        box ? { width: box.width, height: box.height } : { width: 0, height: 0 }
      }
    >
      <div
        ref={container}
        className={classes.terminal}
        style={{ transform: `scale(${box?.scale ?? 1})` }}
      />
    </div>
  );
}
