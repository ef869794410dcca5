import type { Role } from 'backstage-plugin-kubernetes-audit-common';
import type { InputTranscript } from './InputTranscript';
import { PipedInput } from './PipedInput';
import { TerminalInput } from './TerminalInput';
import { UnseenInput } from './UnseenInput';

/**
 * @param session - `tty`: whether it has a terminal, which echoes what is typed
 * @returns undefined when the role has no input recorded
 */
export function createInputTranscript(session: {
  recordInput: Role['session']['recordInput'];
  tty: boolean;
}): InputTranscript | undefined {
  if (session.recordInput === false) {
    return undefined;
  }
  if (session.tty) {
    return TerminalInput.create();
  }
  return session.recordInput === 'all'
    ? PipedInput.create()
    : UnseenInput.create();
}
