export * from './ExportDialog';
export * from './saveFile';
export * from './useFileExport';
