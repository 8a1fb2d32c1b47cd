/** The only file that opens ONNX graphs: which file, on which device, with which fallback. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import { AppError, messageOf } from '../../shared/errors.ts'

/** Suffixes of the onnx-community layout, in the order they are looked for (most exact first). */
export const DTYPE_SUFFIXES = ['', '_fp16', '_q4f16', '_q4', '_bnb4', '_quantized', '_int8', '_uint8'] as const

export interface OpenedSessions<Name extends string> {
  readonly sessions: Readonly<Record<Name, ort.InferenceSession>>
  /** The execution provider bound for all graphs of the model. */
  readonly device: string
  readonly refused: readonly { readonly device: string; readonly reason: string }[]
}

/**
 * The file of a graph inside a model folder: `onnx/<name><suffix>.onnx`, or the same without `onnx/`.
 * @throws AppError model-missing naming what was looked for
 */
export function graphFile(folder: string, name: string): string {
  for (const suffix of DTYPE_SUFFIXES)
    for (const place of ['onnx', '.']) {
      const file = join(folder, place, `${name}${suffix}.onnx`)
      if (existsSync(file)) return file
    }
  throw new AppError('model-missing', `No graph "${name}" in ${folder}. Run "marquee models verify", or install the model again.`, { folder, name })
}

function sessionOptions(device: string, threads: number | undefined): ort.InferenceSession.SessionOptions {
  const options: ort.InferenceSession.SessionOptions = {
    executionProviders: [device],
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  }
  if (threads !== undefined) options.intraOpNumThreads = threads
  // DirectML refuses memory patterns and parallel execution (onnxruntime docs, DirectML execution provider).
  if (device === 'dml') Object.assign(options, { enableMemPattern: false, executionMode: 'sequential' })
  return options
}

const LONGEST_REASON = 160

/**
 * onnxruntime's message in one plain line: its words, without the place in its source and the failed condition that its
 * ORT_ENFORCE writes before them (core/common/common.h), and without the name of the function or status.
 */
export function plainReason(message: string): string {
  const words = message
    .trim()
    .replace(/^.*\bwas false\. ?/s, '')
    .replace(/^(\[ONNXRuntimeError\] : \d+ : \w+ : |Ort\w+: )+/, '')
    .split('\n')[0]!
    .trim()
  return words.length > LONGEST_REASON ? `${words.slice(0, LONGEST_REASON - 1)}…` : words || 'no reason given'
}

/**
 * Opens all graphs of one model on the first device that takes them; onnxruntime does not fall back by itself.
 * Files are opened by path so that external data beside them is found.
 * @throws AppError model-missing, model-invalid (damaged file), device-unavailable (no device took it)
 */
export async function openSessions<Name extends string>(
  files: Readonly<Record<Name, string>>,
  devices: readonly string[],
  threads?: number,
): Promise<OpenedSessions<Name>> {
  const refused: { device: string; reason: string }[] = []
  let damaged = false
  for (const device of devices) {
    const sessions = {} as Record<Name, ort.InferenceSession>
    try {
      for (const name of Object.keys(files) as Name[])
        sessions[name] = await ort.InferenceSession.create(files[name], sessionOptions(device, threads))
      return { sessions, device, refused }
    } catch (error) {
      await Promise.all(Object.values<ort.InferenceSession>(sessions).map((session) => session.release()))
      const message = messageOf(error)
      damaged ||= /protobuf|INVALID_GRAPH|INVALID_PROTOBUF|failed:Load model|external data/i.test(message)
      refused.push({ device, reason: plainReason(message) })
    }
  }
  const reasons = refused.map(({ device, reason }) => `${device}: ${reason}`).join('; ')
  throw damaged
    ? new AppError('model-invalid', `The model's files can't be read (${reasons}). Install the model again.`)
    : new AppError('device-unavailable', `No device could run the model (${reasons}). Try --device cpu.`)
}
