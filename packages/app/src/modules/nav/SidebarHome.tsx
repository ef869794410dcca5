import {
  Link,
  sidebarConfig,
  useSidebarOpenState,
} from '@backstage/core-components';
import { makeStyles } from '@material-ui/core/styles';
import SecurityIcon from '@material-ui/icons/Security';

const useStyles = makeStyles({
  link: {
    display: 'flex',
    alignItems: 'center',
    gap: 12,
    height: 2 * sidebarConfig.logoHeight,
    paddingLeft: 24,
    color: '#fff',
    fontSize: 18,
    fontWeight: 700,
    whiteSpace: 'nowrap',
    '&:hover': { color: '#fff' },
  },
  mark: { color: '#7df3e1' },
});

/** The name of the host, which leads to its start page. */
export function SidebarHome() {
  const classes = useStyles();
  const { isOpen } = useSidebarOpenState();
  return (
    <Link to="/" underline="none" className={classes.link} aria-label="Home">
      <SecurityIcon className={classes.mark} />
      {isOpen && 'Backstage'}
    </Link>
  );
}
