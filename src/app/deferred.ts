/**
 * An asynchronous function of a module that the first call loads. Imports take most of a short command's time, so an entry file
 * exports like this what only some of its users need.
 */
export function deferred<Name extends string, Module extends Readonly<Record<Name, (...args: never[]) => unknown>>>(
  load: () => Promise<Module>,
  name: Name,
) {
  return async (...args: Parameters<Module[Name]>): Promise<Awaited<ReturnType<Module[Name]>>> => {
    const module = await load();
    return (await module[name](...(args as never[]))) as Awaited<ReturnType<Module[Name]>>;
  };
}
