import CloseIcon from '@material-ui/icons/Close';
import classes from './Chip.module.css';

/** A condition, or one of its values, that can be taken away. */
export function Chip(props: {
  /** What the text is a value of. */
  field?: string;
  text: string;
  /** Absent when it cannot be taken away. */
  remove?: { label: string; onPress: () => void };
}) {
  const { field, text, remove } = props;
  return (
    <span className={classes.chip}>
      {field && <span className={classes.field}>{field}</span>}
      <span className={classes.text}>{text}</span>
      {remove && (
        <button
          type="button"
          className={classes.remove}
          aria-label={remove.label}
          onClick={remove.onPress}
        >
          <CloseIcon fontSize="inherit" />
        </button>
      )}
    </span>
  );
}
