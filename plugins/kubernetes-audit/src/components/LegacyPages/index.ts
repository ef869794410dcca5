export { LegacyRecordingsPage, LegacyRequestAuditPage } from './LegacyPages';
