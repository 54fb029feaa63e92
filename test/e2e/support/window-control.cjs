/**
 * Loaded into Electron's main process before the app (`--require`): runs what the test sends it in the first window.
 * For the one case that Playwright cannot follow, since it gives up a page whose renderer process has died.
 */
const { BrowserWindow } = require('electron')

process.on('message', ({ id, script, kill }) => {
  run(script, kill).then(
    (result) => process.send({ id, result }),
    (error) => process.send({ id, error: String(error) }),
  )
})

async function run(script, kill) {
  const contents = BrowserWindow.getAllWindows()[0]?.webContents
  if (kill) {
    // What a script is asked of a process that is dying never answers.
    const gone = new Promise((resolve) => contents.once('render-process-gone', resolve))
    process.kill(contents.getOSProcessId(), 'SIGKILL')
    await gone
  }
  return script === undefined ? undefined : await contents.executeJavaScript(script)
}
