export { DialogActions, DialogError, ModalDialog } from './ModalDialog';
