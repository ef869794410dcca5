/**
 * @typedef {object} StepResult
 * @property {number} passed
 * @property {number} failed
 * @property {string[]} failures - what failed and why, shown again at the end
 * @property {string} [leftOut] - why some or all of the step was left out
 */

/**
 * @typedef {object} Step
 * @property {string} name - chooses the step on the command line
 * @property {string} title
 * @property {() => Promise<StepResult>} run
 * @property {boolean} [isOnlyRunByName] - whether it is left out of a run of all steps
 */

export {};
