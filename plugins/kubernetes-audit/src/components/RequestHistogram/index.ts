export { RequestHistogram } from './RequestHistogram';
export type { HistogramOfRange } from './histogramSlots';
