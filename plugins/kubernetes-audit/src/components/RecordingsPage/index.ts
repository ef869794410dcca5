export { RecordingList } from './RecordingList';
export { RecordingsPage } from './RecordingsPage';
