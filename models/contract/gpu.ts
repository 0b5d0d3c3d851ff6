import { z } from 'zod';

/** Back-ends of llama.cpp that compute on a graphics processor. */
export const gpuBackends = ['cuda', 'metal', 'vulkan'] as const;

export type GpuBackend = (typeof gpuBackends)[number];

/** What a model is to run on; 'auto': CUDA or Metal where a device answers, else the processor. */
export const gpuSchema = z.enum(['auto', 'cpu', ...gpuBackends]);

export type Gpu = z.infer<typeof gpuSchema>;

/** Layers on the GPU, the output as one more; 'auto': as many as its memory holds. */
export const gpuLayersSchema = z.union([z.int().min(0).max(512), z.literal('auto')]);

export type GpuLayers = z.infer<typeof gpuLayersSchema>;

/** What a measurement of quality is computed on: the processor unless told otherwise, so that figures compare. */
export const defaultScoringGpu = {
	gpu: gpuSchema.default('cpu'),
	gpuLayers: gpuLayersSchema.default('auto'),
};
