import { expect } from 'chai'
import { Fault, type FaultKind } from '../../shared/fault.ts'

/** Passes if the promise rejects with a fault of this kind; gives the fault for a closer look. */
export async function expectFault(promise: Promise<unknown>, kind: FaultKind): Promise<Fault> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(thrown, 'nothing was thrown').to.be.instanceOf(Fault)
  expect((thrown as Fault).kind).to.equal(kind)
  return thrown as Fault
}
