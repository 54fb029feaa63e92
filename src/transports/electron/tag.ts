/** Names the message that hands over a port, on its way from the page to the preload and from the preload to main. */
export const tag = 'lockstep:connect'
