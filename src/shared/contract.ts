/** How a remote call is described: data only. Both sides derive their types from it. */
import type { z } from 'zod'

export interface CallSpec<Args extends z.ZodType = z.ZodType, Result extends z.ZodType = z.ZodType> {
  readonly args: Args
  readonly result: Result
  readonly progress?: z.ZodType
}
export interface JobSpec<
  Args extends z.ZodType = z.ZodType,
  Progress extends z.ZodType = z.ZodType,
  Result extends z.ZodType = z.ZodType,
> extends CallSpec<Args, Result> {
  readonly progress: Progress
}

/** A call that answers once. */
export function call<Args extends z.ZodType, Result extends z.ZodType>(args: Args, result: Result): CallSpec<Args, Result> {
  return { args, result }
}

/** A call that reports progress and can be cancelled. */
export function job<Args extends z.ZodType, Progress extends z.ZodType, Result extends z.ZodType>(
  args: Args,
  progress: Progress,
  result: Result,
): JobSpec<Args, Progress, Result> {
  return { args, progress, result }
}

export type Contract = Readonly<Record<string, CallSpec>>

type ProgressOf<Spec> = Spec extends JobSpec<z.ZodType, infer Progress> ? z.infer<Progress> : never

export interface CallOptions<Progress = never> {
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
}

/** What the caller sees. */
export type ClientOf<C extends Contract> = {
  readonly [Name in keyof C]: (
    args: z.input<C[Name]['args']>,
    options?: CallOptions<ProgressOf<C[Name]>>,
  ) => Promise<z.infer<C[Name]['result']>>
}

/** What the callee implements; args are already validated. */
export type HandlersOf<C extends Contract> = {
  readonly [Name in keyof C]: (
    args: z.infer<C[Name]['args']>,
    context: { readonly signal: AbortSignal; readonly report: (progress: ProgressOf<C[Name]>) => void },
  ) => Promise<z.infer<C[Name]['result']>>
}
