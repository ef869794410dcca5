import { ReactNode } from 'react';
import surface from '../Surface/Surface.module.css';
import classes from './ListPage.module.css';

/** The frame of a page with a list: as high as the window, the list scrolls. */
export function ListPage(props: { children: ReactNode }) {
  return (
    <main className={`${surface.surface} ${classes.page}`}>
      {props.children}
    </main>
  );
}
