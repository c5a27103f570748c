/**
 * Makes the domain that all test files of a run copy, before any of them starts: none has to wait
 * for it in the time of a hook, while others take the processor.
 */
import { preparedDomain } from './files.ts'

await preparedDomain()
