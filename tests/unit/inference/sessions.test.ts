import { describe, expect, it } from 'vitest'
import { plainReason } from '../../../src/core/inference/sessions.ts'

describe('why a device was refused', () => {
  it.each([
    [
      '/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(const onnxruntime::webgpu::WebGpuContextConfig&)::<lambda()> adapter_result.status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters\n',
      'Failed to get a WebGPU adapter: No supported adapters',
    ],
    ['OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library', 'Failed to load shared library'],
    ['[ONNXRuntimeError] : 9 : NOT_IMPLEMENTED : No kernel for Foo\nat line 3', 'No kernel for Foo'],
    ['Load model from /m/x.onnx failed:Protobuf parsing failed.', 'Load model from /m/x.onnx failed:Protobuf parsing failed.'],
    ['', 'no reason given'],
  ])('is one plain line', (message, reason) => {
    expect(plainReason(message)).toBe(reason)
  })

  it('is never long', () => {
    expect(plainReason('x'.repeat(1000))).toHaveLength(160)
  })
})
