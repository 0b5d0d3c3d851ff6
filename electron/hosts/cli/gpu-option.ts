import { InvalidArgumentError, Option } from 'commander';
import type { FailureFacts } from '../../../models/contract/failure.ts';
import { type GpuLayers, gpuSchema } from '../../../models/contract/gpu.ts';

/** `--gpu`: what a model runs on. */
export function gpuOption(): Option {
	return new Option('--gpu <device>', 'what the model runs on; auto: a CUDA or Metal GPU where there is one').choices(
		gpuSchema.options,
	);
}

/** `--gpu-layers`: a number, or auto. */
export function gpuLayersOf(text: string): GpuLayers {
	if (text === 'auto') return text;
	const value = Number(text);
	if (text.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= 512) return value;
	throw new InvalidArgumentError('It must be a whole number from 0 to 512, or auto.');
}

/** Says that the processor did what a GPU was asked for, why, and what to do. */
export function gpuWarning({ message, next }: FailureFacts): string {
	return [`warning: the processor computed everything. ${message}`, ...next.map((step) => `  - ${step}`)].join('\n');
}
