import { createReplica, type Replica } from '../../../src/replica/index.ts'
import { connect } from '../../../src/transports/electron/renderer.ts'
import { connectWebSocket } from '../../../src/transports/websocket/client.ts'
import { streamStore, textOf, type Stream } from './store.ts'

/** What the test reads, by `page.evaluate`. */
export interface PageFixture {
  readonly replica: Replica<Stream>
  /** The text as a reader has put it together. */
  read: string
  /** How old each frame was when it was shown, in ms, since they were last taken. */
  takeAges(): number[]
  /** Waits until `chunks` are shown, and returns how many frames that took. */
  framesUntil(chunks: number): Promise<number>
  /** Whether what is shown, and what has been read, is what it has to be. */
  isRight(): boolean
}

const replica =
  location.protocol === 'app:'
    ? connect(streamStore)
    : createReplica(
        streamStore,
        connectWebSocket({ url: `ws://${location.host}/lockstep`, token: location.hash.slice(1) }),
      )
let ages: number[] = []
const stream: PageFixture = {
  replica,
  read: '',
  takeAges() {
    const taken = ages
    ages = []
    return taken
  },
  framesUntil(chunks) {
    return new Promise((resolve) => {
      let frames = -1
      const unsubscribe = replica.subscribe((state) => {
        frames++
        if (state.chunks < chunks) return
        resolve(frames)
        queueMicrotask(() => unsubscribe())
      })
    })
  },
  isRight() {
    const { text, chunks } = replica.get()
    return text === textOf(chunks) && stream.read === text
  },
}
replica.subscribe(({ at }) => {
  if (at > 0) ages.push(Date.now() - at)
})
replica.reader('text').follow((piece, offset) => {
  stream.read = stream.read.slice(0, offset) + piece
})
Object.assign(window, { stream })
