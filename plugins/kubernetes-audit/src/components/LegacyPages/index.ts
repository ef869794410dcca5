export {
  LegacyAgentsPage,
  LegacyRecordingsPage,
  LegacyRequestAuditPage,
} from './LegacyPages';
