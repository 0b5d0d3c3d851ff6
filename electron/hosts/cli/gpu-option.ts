import { InvalidArgumentError, Option } from 'commander';
import type { FailureFacts } from '../../../models/contract/failure.ts';
import { type GpuLayers, gpuSchema } from '../../../models/contract/gpu.ts';
import type { NativeConditions } from '../../../models/contract/native/tasks.ts';
import { gpuConditions } from '../../library/gpu-settings.ts';

/** `--gpu`: the device to run a model on. */
export function gpuOption(): Option {
	return new Option('--gpu <device>', 'what the model runs on; auto: a CUDA or Metal GPU where there is one').choices(
		gpuSchema.options,
	);
}

/** `--gpu-layers`: how many layers of the model go on the GPU. */
export function gpuLayersOption(): Option {
	return new Option('--gpu-layers <n|auto>', 'layers on the GPU; auto: as many as fit').argParser(gpuLayersOf);
}

/** Parses a number of layers, or auto. */
function gpuLayersOf(text: string): GpuLayers {
	if (text === 'auto') return text;
	const value = Number(text);
	if (text.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= 512) return value;
	throw new InvalidArgumentError('It must be a whole number from 0 to 512, or auto.');
}

/**
 * Names the device that was measured: the GPU with its layers if it computed a part, and why the requested one did not.
 */
export function deviceLines(conditions: NativeConditions): string[] {
	const { gpu } = gpuConditions(conditions);
	return [
		...(gpu === undefined ? [] : [`on ${gpu}`]),
		...(conditions.gpuFailure === undefined ? [] : [gpuWarning(conditions.gpuFailure)]),
	];
}

/** Says that the processor did the work requested of a GPU, why, and what to do. */
export function gpuWarning({ message, next }: FailureFacts): string {
	return [`warning: the processor computed everything. ${message}`, ...next.map((step) => `  - ${step}`)].join('\n');
}
