export {
  LegacyAccessPage,
  LegacyAgentsPage,
  LegacyRecordingsPage,
  LegacyRequestAuditPage,
  LegacyRolesPage,
} from './LegacyPages';
