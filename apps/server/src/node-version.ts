const oldest = [22, 13] as const;

/** What to tell somebody whose Node is too old; undefined when it is fit. */
export function suitableNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return undefined;
  return `Leasebook needs Node ${oldest.join('.')} or newer; this is Node ${version}. Start it with "npm start", which brings a Node of its own.`;
}
