import { refuse, type Refused } from '#kernel';

/** Undefined: it may be that long. `maxSeconds` 0: any length. */
export function durationRefusal(
  { startsAt, endsAt }: { readonly startsAt: number; readonly endsAt: number },
  projectId: string,
  { maxSeconds, exemptProjects }: { readonly maxSeconds: number; readonly exemptProjects: readonly string[] },
): Refused<'duration-too-long'> | undefined {
  if (maxSeconds === 0 || exemptProjects.includes(projectId)) return undefined;
  const seconds = Math.floor((endsAt - startsAt) / 1000);
  return seconds > maxSeconds ? refuse('duration-too-long', { seconds, maxSeconds }) : undefined;
}
