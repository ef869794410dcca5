import { ComponentType, ComponentProps, lazy } from 'react';
import { untilIdle } from '../../player';
import { FONT_FAMILY } from './terminalFont';

type TerminalModule = typeof import('./TerminalView');
type TerminalView = ComponentType<ComponentProps<TerminalModule['default']>>;

/** A page that is never idle has it prepared after so many milliseconds. */
const PREPARED_WITHIN = 2000;

/** Once it is there it is drawn at once, which a lazy component is not. */
let loaded: TerminalModule['default'] | undefined;
let prepared: Promise<void> | undefined;

/** Fetches the terminal's code; the sooner, the sooner the first frame. */
export async function loadTerminal(): Promise<TerminalModule> {
  const module = await import('./TerminalView');
  loaded = module.default;
  return module;
}

const LazyTerminalView = lazy(loadTerminal);

/** The terminal, at once if its code is there. */
export function terminalView(): TerminalView {
  return loaded ?? LazyTerminalView;
}

/** For whoever may open a recording soon: once in the life of a page, while nothing else is to do. */
export function prepareTerminal(): Promise<void> {
  prepared ??= prepare().catch(error => {
    prepared = undefined;
    throw error;
  });
  return prepared;
}

async function prepare(): Promise<void> {
  const { rehearseScreen } = await loadTerminal();
  await untilIdle(PREPARED_WITHIN);
  await rehearseScreen(FONT_FAMILY);
}
