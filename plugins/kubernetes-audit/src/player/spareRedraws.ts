import type { Terminal } from '@xterm/xterm';

/**
 * Keeps the emulator from drawing the whole screen for a selection that there
 * is not: it does so each time that it is reset or changes to the alternate
 * screen, once more than for what is written then. There is no other way to
 * that than its own parts; where they are not as they were nothing changes.
 */
export function spareRedraws(terminal: Terminal): void {
  const selection = partOf(partOf(terminal, '_core'), '_selectionService');
  const refresh = partOf(selection, 'refresh');
  if (!isObject(selection) || typeof refresh !== 'function') {
    return;
  }
  let isDrawn = false;
  Reflect.set(selection, 'refresh', (...options: unknown[]) => {
    const isSelected = terminal.hasSelection();
    if (isSelected || isDrawn) {
      Reflect.apply(refresh, selection, options);
    }
    isDrawn = isSelected;
  });
}

function partOf(whole: unknown, name: string): unknown {
  return isObject(whole) ? Reflect.get(whole, name) : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
