export { DeliveryNotices } from './DeliveryNotices';
export { gapNotes } from './gapNotes';
