import { readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { securityHeaders } from './csp.ts'

export const scheme = 'app'
const name = 'chat'
export const origin = `${scheme}://${name}`

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Answers requests of the app's own scheme with the files of the built page, and with nothing outside of its folder. */
export function pageFile(folder: string): (request: Request) => Promise<Response> {
  return async (request) => {
    try {
      const { host, pathname } = new URL(request.url)
      // Throws for what is no encoding, as reading does for what is no file.
      const path = decodeURIComponent(pathname)
      const file = join(folder, path === '/' ? 'index.html' : path)
      const type = types[extname(file)]
      if (host !== name || type === undefined || !file.startsWith(folder + sep)) return notFound()
      return new Response(await readFile(file), { headers: { ...securityHeaders(), 'content-type': type } })
    } catch {
      return notFound()
    }
  }
}

function notFound(): Response {
  return new Response('Not found\n', { status: 404, headers: securityHeaders() })
}
