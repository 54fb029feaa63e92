import { mutants, type Mutant } from './mutant.ts'

export const ofTransports: readonly Mutant[] = [
  ...mutants(
    'src/transports/message-port.ts',
    [
      'posts each frame by itself',
      'if (unsent.push(text) === 1) void Promise.resolve().then(post)',
      'port.postMessage(text)',
    ],
    ['keeps long frames until the end', 'text.length > most || ', ''],
    ['joins without limit', ' || unsent.length === most', ''],
    ['posts what was posted', '    unsent = []\n', ''],
    [
      'forgets what is sent meanwhile',
      '    unsent = []\n    if (texts.length > 0) port.postMessage(texts.join(separator))\n',
      '    if (texts.length > 0) port.postMessage(texts.join(separator))\n    unsent = []\n',
    ],
    ['posts when nothing is left', 'if (texts.length > 0) port', 'port'],
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
