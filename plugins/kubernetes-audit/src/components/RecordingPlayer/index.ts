export { prepareTerminal } from './loadTerminal';
export { RecordingPlayerDialog } from './RecordingPlayerDialog';
