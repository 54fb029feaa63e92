/** For tests of programs that use Lockstep, in any test runner. Nothing here is for production. */
export { fakeClock, type FakeClock } from './clock.ts'
export type { ConformanceCase } from './conformance/case.ts'
export {
  connectionConformance,
  type ConnectionConformanceOptions,
  type ConnectionPair,
} from './conformance/connection.ts'
export { storageConformance, type StoragePlace } from './conformance/storage.ts'
export { memoryLink, type DeliveredFrame, type Link, type LinkOptions } from './link.ts'
export { linked, type Linked, type LinkedOptions } from './linked.ts'
export type { KnownSource } from './origin.ts'
export { roundTrip, type Mounted, type RoundTripCheck, type RoundTripOptions } from './round-trip.ts'
export { waitFor, waitForSync, type WaitOptions } from './waiting.ts'
export { fakeElectron } from './electron/fake-electron.ts'
export type { FakeElectron, FakeElectronModule, FakeElectronOptions, FakeIpcMain } from './electron/types.ts'
export type { FakePage, FakeWindow } from './electron/page.ts'
