/**
 * `npm run test:faults` takes minutes and looks for what only time shows; `npm test` has a short
 * form of the same tests.
 */
export const isLong: boolean = process.env['TEST_FORM'] === 'long'
