import { ReactNode, useEffect, useRef } from 'react';
import classes from './LineList.module.css';

/** Lines of a recording's text, each of which leads to its moment. */
export function LineList(props: {
  label: string;
  /** Times in microseconds. */
  lines: ReadonlyArray<{ time: number; text: string }>;
  /** What is marked in the lines, in any case. */
  highlighted?: string;
  /** Index of the line that the replay is at. */
  current?: number;
  /** Whether new lines are read out as they come. */
  isLog?: boolean;
  formatTime: (time: number) => string;
  onChoose: (index: number) => void;
  /** What comes after the lines. */
  children?: ReactNode;
}) {
  const { label, lines, highlighted, current, isLog, formatTime } = props;
  const list = useRef<HTMLDivElement>(null);

  useEffect(() => {
    // Whoever reads there is left alone.
    if (current !== undefined && !list.current?.matches(':hover')) {
      list.current
        ?.querySelector('[aria-current]')
        ?.scrollIntoView?.({ block: 'nearest' });
    }
  }, [current]);

  return (
    // Focusable so that the keyboard can scroll it.
    <div
      ref={list}
      className={classes.lines}
      role={isLog ? 'log' : 'region'}
      aria-label={label}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
    >
      <ol className={classes.list}>
        {lines.map(({ time, text }, index) => (
          <li key={`${time}-${index}`}>
            <button
              type="button"
              className={classes.line}
              aria-current={index === current ? 'true' : undefined}
              onClick={() => props.onChoose(index)}
            >
              <span className={classes.time}>{formatTime(time)}</span>{' '}
              <span className={classes.text}>
                {highlighted ? withMarks(text, highlighted) : text}
              </span>
            </button>
          </li>
        ))}
      </ol>
      {props.children}
    </div>
  );
}

/** The text with each occurrence marked; as elements, never as HTML. */
function withMarks(text: string, wanted: string): ReactNode[] {
  const folded = text.toLowerCase();
  const needle = wanted.toLowerCase();
  // Where folding changes lengths, places are not the text's.
  if (folded.length !== text.length || needle.length === 0) {
    return [text];
  }
  const parts: ReactNode[] = [];
  let from = 0;
  for (
    let at = folded.indexOf(needle);
    at >= 0;
    at = folded.indexOf(needle, from)
  ) {
    parts.push(text.slice(from, at));
    parts.push(<mark key={at}>{text.slice(at, at + needle.length)}</mark>);
    from = at + needle.length;
  }
  parts.push(text.slice(from));
  return parts;
}
