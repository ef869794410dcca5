export { RecordingPlayerDialog } from './RecordingPlayerDialog';
