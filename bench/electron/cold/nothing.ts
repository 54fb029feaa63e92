/** What importing a module costs by itself. */
import { ipcRenderer } from '../ipc-of-page.ts'

ipcRenderer.send('first value')
