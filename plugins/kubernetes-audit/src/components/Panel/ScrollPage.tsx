import { ReactNode } from 'react';
import surface from '../Surface/Surface.module.css';
import classes from './ScrollPage.module.css';

/** The frame of a page that is as long as what it says. */
export function ScrollPage(props: { children: ReactNode }) {
  return (
    <main className={`${surface.surface} ${classes.page}`}>
      {props.children}
    </main>
  );
}
