import {
  SidebarDivider,
  useSidebarOpenState,
  useSidebarPinState,
} from '@backstage/core-components';
import Typography from '@material-ui/core/Typography';
import { makeStyles } from '@material-ui/core/styles';
import { ReactNode } from 'react';

const useStyles = makeStyles({
  label: {
    padding: '20px 24px 6px',
    color: '#b5b5b5',
    whiteSpace: 'nowrap',
  },
  first: {
    display: 'block',
    color: '#fff',
    fontSize: 11,
    fontWeight: 700,
    letterSpacing: '0.08em',
    lineHeight: 1.6,
    textTransform: 'uppercase',
  },
  rest: { display: 'block', fontSize: 12, lineHeight: 1.4 },
  // The sidebar leaves less room for a label than its entries' names need.
  entries: {
    '& a .MuiTypography-subtitle2': {
      maxWidth: 130,
      lineHeight: 1.2,
      whiteSpace: 'normal',
    },
    '& a > .MuiTypography-subtitle2 + div': { display: 'none' },
  },
});

/** Entries whose names may take two lines. */
export function SidebarEntries(props: { children: ReactNode }) {
  const classes = useStyles();
  return <div className={classes.entries}>{props.children}</div>;
}

/** Entries under the path of the menu that they belong to. */
export function SidebarSection(props: { path: string[]; children: ReactNode }) {
  const { path, children } = props;
  const [first, ...rest] = path;
  const classes = useStyles();
  const { isOpen } = useSidebarOpenState();
  const { isMobile } = useSidebarPinState();
  return (
    <div role="group" aria-label={path.join(' › ')}>
      {isOpen || isMobile ? (
        <div className={classes.label} aria-hidden>
          <Typography component="span" className={classes.first}>
            {first}
          </Typography>
          <Typography component="span" className={classes.rest}>
            {rest.join(' › ')}
          </Typography>
        </div>
      ) : (
        <SidebarDivider />
      )}
      <SidebarEntries>{children}</SidebarEntries>
    </div>
  );
}
