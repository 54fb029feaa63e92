import { connect } from '../../../src/transports/electron/renderer.ts'
import { definition } from '../../definition.ts'
import { ipcRenderer } from '../ipc-of-page.ts'

const replica = connect(definition)
await replica.ready
if (replica.at('byId', 'entity-3').get().title !== 'Title 3') throw new Error('The first value is wrong')
ipcRenderer.send('first value')
