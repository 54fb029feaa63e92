import { connectReplicas } from './connection.ts'

/** This window's replicas: all that the page knows of the state. */
export const { chat, settings, data } = await connectReplicas()

// For the console, when a window looks stale: `await lockstep.chat.diagnose()`.
Object.assign(window, { lockstep: { chat, settings, data } })
