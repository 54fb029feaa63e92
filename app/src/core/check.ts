/**
 * Arguments of commands come from windows, whose code may be anything: types say what they should be, these functions
 * make sure. What they throw is shown to the user of the window.
 */
export function checkText(value: unknown, name: string, maxLength: number): string {
  if (typeof value !== 'string') throw new Error(`${name} has to be a text.`)
  if (value.length > maxLength)
    throw new Error(`${name} is too long: ${value.length} characters of at most ${maxLength}.`)
  return value
}

export function checkOneOf<Value extends string>(value: unknown, name: string, allowed: readonly Value[]): Value {
  const found = allowed.find((candidate) => candidate === value)
  if (found === undefined) throw new Error(`${name} has to be one of ${allowed.join(', ')}.`)
  return found
}
