import { mutants, type Mutant } from './mutant.ts'

export const ofTransports: readonly Mutant[] = [
  ...mutants(
    'src/transports/message-port.ts',
    ['posts each frame by itself', 'if (following) {', 'if (false as boolean) {'],
    ['lets the first frame wait', '      port.postMessage(text)\n', '      following.push(text)\n'],
    ['keeps long frames until the end', ' || text.length > most', ''],
    ['joins without limit', 'following.push(text) === most || ', 'following.push(text) < 0 || '],
    ['posts what was posted', '    following = next as string[] | undefined\n', ''],
    [
      'forgets what is sent meanwhile',
      '    following = next as string[] | undefined\n    if (texts?.length) port.postMessage(texts.join(separator))\n',
      '    if (texts?.length) port.postMessage(texts.join(separator))\n    following = next as string[] | undefined\n',
    ],
    ['posts when nothing is left', 'if (texts?.length) port', 'if (texts) port'],
    ['hears of no port that throws', '.catch(end)', '.catch(() => undefined)'],
    ['does not end what ran', '.then(post).catch', '.then(() => post([])).catch'],
    ['reads millions of frames in a message', 'split(separator, most)', 'split(separator)'],
    ['delivers what comes after the closing', 'else if (open) each', 'else each'],
    [
      'closes before what was sent',
      '      send(closing)\n      post()\n      end()',
      '      end()\n      port.postMessage(closing)',
    ],
    ['starts again with each listener', 'if (open && !started)', 'if (open)'],
    ['opens for who comes too late', "[open ? 'open' : 'close']", "['open']"],
  ),
]
