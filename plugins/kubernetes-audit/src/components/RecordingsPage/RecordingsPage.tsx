import { ListPage } from '../AuditList';
import { RecordingList } from './RecordingList';

/** *Pod Session Recordings*: who opened a session, newest first, to be replayed. */
export function RecordingsPage() {
  return (
    <ListPage>
      <RecordingList />
    </ListPage>
  );
}
