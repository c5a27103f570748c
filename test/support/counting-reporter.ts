import { type MochaOptions, type Runner, reporters } from 'mocha'

/**
 * Mocha's `dot`, and after all it has to say one line with its counts, `N passed, N failed`, for
 * whoever reads the end of a log.
 */
class CountingReporter extends reporters.Dot {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options)
    // After the base's own handler of the same event, which prints the failures.
    runner.once('end', () => {
      process.stdout.write(`${this.stats.passes} passed, ${this.stats.failures} failed\n`)
    })
  }
}

// How `require` sees this module (Node, "Loading ECMAScript modules using require()").
export { CountingReporter as 'module.exports' }
