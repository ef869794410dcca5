import classes from './VerbLabel.module.css';

const READING = ['get', 'list', 'watch'];
const REMOVING = ['delete', 'deletecollection'];

/** A verb, with a mark that tells reading, writing and removing apart. */
export function VerbLabel(props: { verb: string }) {
  const { verb } = props;
  return (
    <span className={classes.verb} data-kind={kindOf(verb)}>
      {verb}
    </span>
  );
}

function kindOf(verb: string): 'read' | 'write' | 'remove' {
  if (READING.includes(verb)) {
    return 'read';
  }
  return REMOVING.includes(verb) ? 'remove' : 'write';
}
