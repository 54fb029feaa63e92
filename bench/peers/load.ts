/** Loads a module of the peers, which are installed in this folder. Their types are not needed to check this project. */
export async function load<T>(name: string): Promise<T> {
  return (await import(name)) as T
}
