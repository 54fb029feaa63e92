/** The parsed URL, or nothing where it is none. (`URL.parse` and `URL.canParse` are newer than the oldest Electron.) */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
