export { ResultLabel } from './ResultLabel';
export { VerbLabel } from './VerbLabel';
