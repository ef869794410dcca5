export * from './agents';
export * from './buildChunks';
export * from './fakeAuditApi';
export * from './FakeScreen';
export * from './samples';
export * from './renderPage';
