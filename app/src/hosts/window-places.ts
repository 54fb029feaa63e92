import { defineStore } from 'lockstep'

/** A rectangle of the desktop, in device-independent pixels. */
export interface Bounds {
  x: number
  y: number
  width: number
  height: number
}

/** Where a window is, and what it shows. */
export interface WindowPlace {
  /** Of the window when it is neither maximized nor in full screen. */
  bounds: Bounds
  maximized: boolean
  fullScreen: boolean
  tabId: string | undefined
}

export interface Windows {
  /** The open windows, in the order in which they were opened. */
  places: Map<string, WindowPlace>
}

export const windowsStore = defineStore('windows', { state: (): Windows => ({ places: new Map() }) })

export const defaultSize = { width: 1120, height: 780 }

/** So much of a window has to be on a display for its user to get hold of it. */
const grip = 80

/** The bounds, if a window there could be seen and moved; displays come and go. */
export function reachable(bounds: Bounds, displays: readonly Bounds[]): Bounds | undefined {
  return displays.some((display) => {
    const width = Math.min(bounds.x + bounds.width, display.x + display.width) - Math.max(bounds.x, display.x)
    // By its upper edge it is moved.
    return width >= grip && bounds.y >= display.y && bounds.y <= display.y + display.height - grip
  })
    ? bounds
    : undefined
}
