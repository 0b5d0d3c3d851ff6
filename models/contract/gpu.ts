import { z } from 'zod';

/** llama.cpp's GPU back-ends. */
export const gpuBackends = ['cuda', 'metal', 'vulkan'] as const;

export type GpuBackend = (typeof gpuBackends)[number];

/** Where a model runs; 'auto': CUDA or Metal if a device responds, else the CPU. */
export const gpuSchema = z.enum(['auto', 'cpu', ...gpuBackends]);

export type Gpu = z.infer<typeof gpuSchema>;

/** Layers on the GPU, counting the output layer as one; 'auto': as many as fit in its memory. */
export const gpuLayersSchema = z.union([z.int().min(0).max(512), z.literal('auto')]);

export type GpuLayers = z.infer<typeof gpuLayersSchema>;

/** Where quality is measured: on the CPU by default, so that results are comparable. */
export const defaultScoringGpu = {
	gpu: gpuSchema.default('cpu'),
	gpuLayers: gpuLayersSchema.default('auto'),
};
