export { loadTerminal } from './RecordingReplay';
export { RecordingPlayerDialog } from './RecordingPlayerDialog';
